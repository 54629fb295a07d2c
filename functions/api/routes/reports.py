"""Reports: the PDFs that jobs made for their owner, by signed URL. Others' are not there.

The mail about a report holds a link that lasts for days; this one lasts for minutes (download.py).
"""

from functools import partial
from typing import Final

from fastapi import APIRouter

from functions.api.documented import problems
from functions.api.download import Download, download_by
from functions.api.limits import RouteLimits
from functions.api.principal import DocumentReader
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared import reports
from shared.rate_limits import Away, Limit

DOWNLOADS: Final = RouteLimits(caller=Limit("report-downloads-caller", requests=240, seconds=60, away=Away.LOCAL))


async def download(report_id: str, principal: DocumentReader, services: WithServices) -> Download:
    """A URL that gives the PDF for some minutes."""
    found = await reports.find(services.database, report_id, owner=principal.id)
    if found is None:
        raise Problem(404, None, "There is no such report, or it is not yours.")
    return download_by(partial(reports.signed_url, found, services.storage), services.world)


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
