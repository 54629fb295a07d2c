"""The work of the job: read the document's own copy once, and say whether it is what was promised.

    checking ──▶ stored       the promised bytes
             └─▶ refused      other bytes, or none: nobody can download or analyse them

Nothing but the record is changed, by compare-and-set: a repeat finds it changed, and reads nothing.
"""

from dataclasses import dataclass
from typing import Any

from functions.check_document.contract import CheckDocument
from shared.database import Database
from shared.documents import Document, Indexing, Status, progress
from shared.storage import Missing, Storage


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    storage: Storage


async def check_document(payload: CheckDocument, services: Services, indexing: Indexing) -> dict[str, Any]:
    """The run's result: what the document is now; `gone` for one that was deleted."""
    document = await progress.read(services.database, payload.document)
    if document is None:
        return {"status": "gone"}
    if document.status is not Status.CHECKING:
        return {"status": document.status.value}
    ended = Status.STORED if await _as_promised(document, services.storage) else Status.REFUSED
    await progress.move(services.database, document.id, of={Status.CHECKING}, to=ended, indexing=indexing)
    return {"status": ended.value}


async def _as_promised(document: Document, storage: Storage) -> bool:
    try:
        return await storage.sha256(document.file.key) == document.file.sha256
    except Missing:
        return False
