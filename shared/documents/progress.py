"""How far the work on a document is. Jobs move it, by compare-and-set: who comes late moves nothing.

    claim ──┬──────────────▶ stored ◀──┐ (an attempt ended without an analysis)
            └▶ checking ──┬────▲  └──▶ analysing ──┬──▶ analysed ◀─┐ (a better analysis)
                          └▶ refused       ▲       │       └───────┘
                                           └───────┴──▶ unreadable

A document that was deleted meanwhile is not moved: nobody sees it, and its file is about to go.
"""

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import ReturnDocument

from shared.database import Database, Session
from shared.documents.model import Document, Status, StoredText, read_document
from shared.documents.records import RAISED
from shared.runs.pipeline import literal


async def read(database: Database, document_id: str) -> Document | None:
    """For a job, whoever owns it; None if it was deleted. Never for a person: that is records.find."""
    record = await database.documents.find_one({"_id": document_id, "deleted_at": None})
    return read_document(record) if record else None


async def move(
    database: Database,
    document_id: str,
    *,
    of: Collection[Status],
    to: Status,
    fields: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    session: Session | None = None,
) -> Document | None:
    """From one of these states to that one, with `fields` besides. None: it is in another, or was deleted.

    `where` is what must hold of the record too, as a query.
    """
    record = await database.documents.find_one_and_update(
        {**(where or {}), "_id": document_id, "deleted_at": None, "status": {"$in": [status.value for status in of]}},
        [
            {
                "$set": {
                    **{name: literal(value) for name, value in (fields or {}).items()},
                    "status": literal(to.value),
                    **RAISED,
                }
            }
        ],
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return read_document(record) if record else None


async def name_text(
    database: Database, document_id: str, text: StoredText, *, instead_of: StoredText | None
) -> Document | None:
    """The text that was read from its file. None: another is named meanwhile, or it was deleted."""
    fields = {name: getattr(text, name) for name in StoredText.__slots__}
    record = await database.documents.find_one_and_update(
        {"_id": document_id, "deleted_at": None, "text.key": instead_of.key if instead_of else None},
        [{"$set": {"text": literal(fields), **RAISED}}],
        return_document=ReturnDocument.AFTER,
    )
    return read_document(record) if record else None
