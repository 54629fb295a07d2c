"""The mail about a report: accepted in the transaction that settles the run, so that it is there if the success is.

The signed link is in that mail's payload alone, which QStash never sees and the API masks.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from functions.generate_pdf.data import size
from functions.generate_pdf.services import Context
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.contract import ReportMail, SendEmail
from shared.database import reachable
from shared.reports import Report, ReportFile, signed_url
from shared.runs.model import instant
from shared.text import cut

LINK_LIVES: Final = timedelta(days=7)
"""What a signature of S3's may last at most; the API signs anew for as long as the report is kept."""

LINE: Final = 200
SUMMARY: Final = 4_000
"""Characters that the mail takes of a line, and of the summary."""
HIGHLIGHTS: Final = 10


async def enqueue_mail(report: Report, file: ReportFile, context: Context) -> str | None:
    """The id of the mail's run; None for a caller without a mailbox, as a server's key is, or who is being erased."""
    database, storage = context.services.database, context.services.storage
    async with reachable():
        user = await database.users.find_one({"_id": report.draft.owner, "email": {"$exists": True}}, {"email": 1})
    if user is None:
        return None
    expires_at = int(context.world.now() + LINK_LIVES.total_seconds())
    # In a thread: the first signature of a process imports boto3.
    link = await context.blocking(partial(signed_url, report, storage, lives=LINK_LIVES))
    shown = json.loads(report.draft.content)
    mail = ReportMail(
        to=user["email"],
        title=cut(report.draft.title, LINE),
        link=link,
        expires_at=instant(expires_at * 1000),
        file=f"PDF, {file.pages} {'page' if file.pages == 1 else 'pages'}, {size(file.size, 'en')}",
        **_of_a_report(shown),
    )
    return context.enqueue(SEND_EMAIL, SendEmail(mail=mail))


def _of_a_report(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Its summary and key points; a table has none."""
    points = [cut(point, LINE) for point in shown.get("points", ())[:HIGHLIGHTS]]
    summary = cut(shown.get("summary", ""), SUMMARY)
    return {"summary": summary or None, "highlights": tuple(points)}
