"""The mail about a report: accepted in the transaction that settles the run, so that it is there if the success is.

The signed link is in that mail's payload alone, which QStash never sees and the API masks.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from functions.generate_pdf.data import size
from functions.generate_pdf.plain import cut, line, lines
from functions.generate_pdf.services import Services
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.contract import ReportMail, SendEmail
from shared.context import JobContext
from shared.database import reachable
from shared.reports import Made, Report
from shared.runs.model import instant
from shared.storage import Storage, content_disposition

LINK_LIVES: Final = timedelta(days=7)
"""What a signature of S3's may last at most; the API signs anew for as long as the report is kept."""
TYPE: Final = "application/pdf"

LINE: Final = 200
PARAGRAPHS: Final = 4_000
POINTS: Final = 10
"""What the mail takes: characters of a line and of its summary, and how many highlights."""


async def tell(report: Report, made: Made, context: JobContext[Services]) -> str | None:
    """The id of the mail's run; None for a caller without a mailbox, as a server's key is one."""
    database, storage = context.services.database, context.services.storage
    async with reachable():
        user = await database.users.find_one({"_id": report.draft.owner}, {"email": 1})
    if user is None:
        return None
    expires_at = int(context.world.now() + LINK_LIVES.total_seconds())
    # In a thread: the first signature of a process imports boto3.
    link = await context.blocking(partial(_signed, storage, report, LINK_LIVES))
    shown = json.loads(report.draft.content)
    mail = ReportMail(
        to=user["email"],
        title=_shortened(report.draft.title, LINE),
        link=link,
        expires_at=instant(expires_at * 1000),
        file=f"PDF, {made.pages} {'page' if made.pages == 1 else 'pages'}, {size(made.size, 'en')}",
        **_of_a_report(shown),
    )
    return context.enqueue(SEND_EMAIL, SendEmail(mail=mail))


def _signed(storage: Storage, report: Report, lives: timedelta) -> str:
    disposition = content_disposition(report.draft.name)
    return storage.presign_get(report.key, disposition=disposition, content_type=TYPE, expires=lives)


def _of_a_report(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Its summary and key points; a table has none."""
    points = [_shortened(point, LINE) for point in shown.get("points", ())[:POINTS]]
    summary = cut(lines(shown.get("summary", "").replace("\u200b", "")), PARAGRAPHS)
    return {"summary": summary or None, "highlights": tuple(points)}


def _shortened(text: str, longest: int) -> str:
    """On one line, without the places that are made for breaking it."""
    return cut(line(text.replace("\u200b", "")), longest)
