"""Reports: the PDFs that jobs made for their owner, by signed URL. Others' are not there.

The mail about a report holds a link that lasts for days; this signs one for minutes, as often as it is asked. As for
a document, the URL comes as JSON (routes/documents.py says why), and gives an attachment.
"""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter

from functions.api.documented import problems
from functions.api.limits import RouteLimits
from functions.api.principal import DocumentReader
from functions.api.problems import Problem
from functions.api.routes.documents import Download
from functions.api.services import WithServices
from shared import reports
from shared.rate_limits import Away, Limit
from shared.runs.model import instant

DOWNLOADS: Final = RouteLimits(caller=Limit("report-downloads-caller", requests=240, seconds=60, away=Away.LOCAL))
DOWNLOAD_LIVES: Final = timedelta(minutes=5)


async def download(report_id: str, principal: DocumentReader, services: WithServices) -> Download:
    """A URL that gives the PDF for some minutes. Signing it asks nobody."""
    found = await reports.find(services.database, report_id, owner=principal.id)
    if found is None:
        raise Problem(404, None, "There is no such report, or it is not yours.")
    expires_at = services.world.now() + DOWNLOAD_LIVES.total_seconds()
    url = reports.signed_url(found, services.storage, lives=DOWNLOAD_LIVES)
    return Download(url=url, expires_at=instant(int(expires_at) * 1000))


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/reports", tags=["documents"])
    made.add_api_route(
        "/{report_id}/download",
        download,
        summary="Download a report's file",
        dependencies=DOWNLOADS.dependencies,
        responses=problems(401, 403, 404, 422, 429),
    )
    return made
