"""The work of the job: one PDF for one run, however often it is delivered and wherever it is cut off.

    draft, once ──▶ begin: recorded ──▶ typeset ──▶ write once ──▶ finish: recorded ──▶ mail, as the run settles

Each step finds what an earlier attempt has left: the words in the record, the file in the store, the file's description
in the record. What is described is the file that is there; it may be an earlier attempt's, which a deploy's templates
no longer make.
"""

import hashlib
import json
from contextlib import aclosing
from typing import Any, Final

from functions.generate_pdf.contract import GeneratePdf
from functions.generate_pdf.drafts import drafted
from functions.generate_pdf.services import Services
from functions.generate_pdf.telling import TYPE, tell
from functions.generate_pdf.typesetting.budget import BYTES, SECONDS
from functions.generate_pdf.typesetting.pages import pages_of
from shared import reports
from shared.context import JobContext
from shared.database import Database, reachable
from shared.ends import Evidence
from shared.errors import BadRequest, PermanentError
from shared.reports import Made, Report
from shared.runs.model import Run, to_json
from shared.storage import Storage
from shared.worker import Declined, WorkerDied

FOR_THE_REST: Final = 20.0
"""Seconds that are kept to store and record what was typeset."""


class TooMuch(BadRequest):
    """It is more than one PDF may be, or nothing that can be set; why is in the message."""

    code = "too_much"


class NotTypeset(PermanentError):
    """It breaks the typesetter."""

    code = "not_typeset"


async def generate_pdf(payload: GeneratePdf, context: JobContext[Services]) -> dict[str, Any]:
    """The run's result: the report's id, pages and bytes, and the run of the mail about it (None: no mailbox)."""
    database = context.services.database
    async with reachable():
        report = await reports.read(database, context.key)
    if report is None:
        draft = await drafted(payload, context.run, database)
        async with reachable():
            report = await reports.begin(database, context.key, draft, created_at=context.run.created)
    made = report.made or await _make(report, context)
    return result(report, made) | {"mail": await tell(report, made, context)}


async def _make(report: Report, context: JobContext[Services]) -> Made:
    pages, pdf = await _typeset(report, context)
    storage = context.services.storage
    if not await storage.create(report.key, pdf, content_type=TYPE):
        pdf = await _there(storage, report.key)
        pages = pages_of(pdf)
    async with reachable():
        return await reports.finish(
            context.services.database, report.id, Made(len(pdf), pages, hashlib.sha256(pdf).hexdigest())
        )


async def _typeset(report: Report, context: JobContext[Services]) -> tuple[int, bytes]:
    context.need(SECONDS + FOR_THE_REST)
    request = {"template": report.draft.kind, "data": json.loads(report.draft.content)}
    try:
        answer, pdf = await context.services.worker.ask_bytes(request, seconds=SECONDS)
    except Declined as no:
        raise TooMuch(_why(no), **no.data) from no
    except WorkerDied as error:
        raise NotTypeset("it takes more memory than it may have, or can't be typeset at all") from error
    if answer["unprintable"]:
        context.log.warning("characters that no font has", extra={"characters": answer["unprintable"]})
    return answer["pages"], pdf


def _why(no: Declined) -> str:
    match no.reason:
        case "too_long":
            return f"it would have {no.data['pages']} pages, and may have {no.data['most']}"
        case "too_large":
            return f"it would have {no.data['bytes']} bytes, and may have {no.data['most']}"
        case _:
            return "some of its characters can neither be set nor replaced"


async def _there(storage: Storage, key: str) -> bytes:
    """What an earlier attempt has written: no more than that may be."""
    found = bytearray()
    async with aclosing(storage.stream(key)) as pieces:
        async for piece in pieces:
            found += piece
            if len(found) > BYTES:
                raise TooMuch(f"its file has more than {BYTES} bytes")
    return bytes(found)


def result(report: Report, made: Made) -> dict[str, Any]:
    return {"report": report.id, "pages": made.pages, "size": made.size}


def evidence(database: Database) -> Evidence:
    """For the runtime: whether the report of a run that is not to be tried again was made. Nobody was mailed of it."""

    async def look(run: Run) -> str | None:
        async with reachable():
            report = await reports.read(database, run.id)
        return to_json(result(report, report.made) | {"mail": None}) if report and report.made else None

    return look
