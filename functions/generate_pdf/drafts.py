"""From what was asked for to what will stand in the PDF: looked up once, and the same ever after."""

import json
from typing import Any, Final

from functions.generate_pdf import data
from functions.generate_pdf.contract import CONTRACT, GeneratePdf, Report
from functions.generate_pdf.errors import NotReportable, NotYet
from shared.database import Database, reachable
from shared.documents import Document, Status, records
from shared.reports import Draft
from shared.runs.model import Run, instant
from shared.text import cut, one_line

NAME: Final = 80
"""Characters of a file's name: it goes into a signed URL, percent-encoded twice."""
ON_ITS_WAY: Final = frozenset({Status.CHECKING, Status.STORED, Status.ANALYSING})
"""The states in which an analysis may yet come: one that waits for its delivery shows nowhere on the document."""


async def drafted(payload: GeneratePdf, run: Run, database: Database) -> Draft:
    """Raises NotReportable, NotYet."""
    asked = payload.asked
    if not isinstance(asked, Report):
        called = f"{one_line(asked.title)} {one_line(asked.number)}".strip()
        return _draft(payload, data.table(asked), called)
    async with reachable():
        document = await records.find(database, asked.document, owner=payload.owner)
    if document is None:
        raise NotReportable("there is no such document")
    if document.analysis is None:
        raise _unready(document, run)
    return _draft(payload, data.report(document, document.analysis, instant(run.created)), one_line(document.title))


def _unready(document: Document, run: Run) -> Exception:
    if document.status is Status.UNREADABLE:
        return NotReportable(f"nothing could be read from the document: {document.unreadable_because or 'unreadable'}")
    if document.status is Status.REFUSED:
        return NotReportable("the document's file was not the promised one: delete it, and upload it again")
    if document.status in ON_ITS_WAY and run.tries < CONTRACT.tries:
        return NotYet(f"the document is {document.status.value}")
    return NotReportable("the document is not analysed: start the job analyze_document, and then this one")


def _draft(payload: GeneratePdf, content: dict[str, Any], called: str) -> Draft:
    called = called or data.NAMELESS
    name = f"{cut(called, NAME)}.pdf"
    return Draft(payload.owner, payload.asked.kind, called, name, json.dumps(content, ensure_ascii=False))
