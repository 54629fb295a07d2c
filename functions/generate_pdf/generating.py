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
from functions.generate_pdf.errors import TooMuch
from functions.generate_pdf.report_mail import enqueue_mail
from functions.generate_pdf.request import request
from functions.generate_pdf.services import Context
from functions.generate_pdf.typesetting.budget import BYTES, SECONDS
from functions.generate_pdf.typesetting.pages import pages_of
from shared import reports
from shared.blobs import condemned
from shared.database import Database, reachable
from shared.ends import Evidence
from shared.errors import RetryableError
from shared.reports import CONTENT_TYPE, Report, ReportFile
from shared.runs.model import Run, to_json
from shared.storage import Storage
from shared.worker import Declined, OverBudget, WorkerDied

FOR_THE_REST: Final = 20.0
"""Seconds that are kept to store and record what was typeset."""


async def generate_pdf(payload: GeneratePdf, context: Context) -> dict[str, Any]:
    """The run's result: the report's id, pages and bytes, and the run of the mail about it (None: no mailbox)."""
    database = context.services.database
    async with reachable():
        report = await reports.read(database, context.key)
    if report is None:
        draft = await drafted(payload, context.run, database)
        async with reachable():
            report = await reports.begin(database, context.key, draft, created_at=context.run.created)
    file = await _kept(report, context) or await _make(report, context)
    return result(report, file) | {"mail": await enqueue_mail(report, file, context)}


async def _kept(report: Report, context: Context) -> ReportFile | None:
    """What an earlier attempt has made. The run may have failed since, and be replayed when that has expired."""
    if report.file is None:
        return None
    await condemned.spare(context.services.database, report.key)
    async with reachable():
        return await reports.keep(context.services.database, report.id)


async def _make(report: Report, context: Context) -> ReportFile:
    pages, pdf = await _typeset(report, context)
    storage = context.services.storage
    await condemned.spare(context.services.database, report.key)
    if not await storage.create(report.key, pdf, content_type=CONTENT_TYPE):
        pdf = await _stored(storage, report.key)
        pages = pages_of(pdf)
    async with reachable():
        return await reports.finish(
            context.services.database, report.id, ReportFile(len(pdf), pages, hashlib.sha256(pdf).hexdigest())
        )


async def _typeset(report: Report, context: Context) -> tuple[int, bytes]:
    context.need(SECONDS + FOR_THE_REST)
    asked = request(report.draft.kind, json.loads(report.draft.content))
    try:
        answer, pdf = await context.services.typesetter.ask_bytes(asked, seconds=SECONDS)
    except Declined as no:
        raise TooMuch(_why(no), **no.data) from no
    except OverBudget as over:
        raise TooMuch(over.message, **over.data) from over
    except WorkerDied as died:
        if died.by_itself:
            raise RetryableError(f"the typesetter does not work (status {died.status})") from died
        raise TooMuch("it takes more memory than it may have, or can't be typeset at all") from died
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


async def _stored(storage: Storage, key: str) -> bytes:
    """What an earlier attempt has written; no more of it is read than a PDF may have."""
    pdf = bytearray()
    async with aclosing(storage.stream(key)) as pieces:
        async for piece in pieces:
            pdf += piece
            if len(pdf) > BYTES:
                raise TooMuch(f"its file has more than {BYTES} bytes")
    return bytes(pdf)


def result(report: Report, file: ReportFile) -> dict[str, Any]:
    return {"report": report.id, "pages": file.pages, "size": file.size}


def evidence(database: Database) -> Evidence:
    """For the runtime: whether the report of a run that is not to be tried again was made. Nobody was mailed of it."""

    async def look(run: Run) -> str | None:
        async with reachable():
            report = await reports.read(database, run.id)
        return to_json(result(report, report.file) | {"mail": None}) if report and report.file else None

    return look
