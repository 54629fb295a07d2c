"""How far the work on a document is. Jobs move it, by compare-and-set: who comes late moves nothing.

    claim ──┬──────────────▶ stored ◀──┐ (an attempt ended without an analysis)
            └▶ checking ──┬────▲  └──▶ analysing ──┬──▶ analysed ◀─┐ (a better analysis)
                          └▶ refused       ▲       │       └───────┘
                                           └───────┴──▶ unreadable

A document that was deleted meanwhile is not moved: nobody sees it, and its file is about to go.
"""

from collections.abc import Collection, Mapping
from typing import Any

from shared.database import Database
from shared.documents.indexing import Indexing
from shared.documents.model import Document, Status, StoredText, read_document
from shared.documents.records import rewrite
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
    indexing: Indexing,
) -> Document | None:
    """From one of these states to that one, with `fields` besides. None: it is in another, or was deleted.

    `where` is what must hold of the record too, as a query.
    """
    wanted = {
        **(where or {}),
        "_id": document_id,
        "deleted_at": None,
        "status": {"$in": [status.value for status in of]},
    }
    moved = {name: literal(value) for name, value in (fields or {}).items()} | {"status": literal(to.value)}
    return await rewrite(database, wanted, moved, indexing=indexing)


async def name_text(
    database: Database, document_id: str, text: StoredText, *, instead_of: StoredText | None, indexing: Indexing
) -> Document | None:
    """The text that was read from its file. None: another is named meanwhile, or it was deleted."""
    wanted = {"_id": document_id, "deleted_at": None, "text.key": instead_of.key if instead_of else None}
    fields = {name: getattr(text, name) for name in StoredText.__slots__}
    return await rewrite(database, wanted, {"text": literal(fields)}, indexing=indexing)
