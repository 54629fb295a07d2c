"""Documents as their owners see and change them.

Each change is one compare-and-set, raises the version, puts the document into the search index's backlog (backlog.py),
and accepts the run that will index it, in one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pymongo import ReturnDocument

from shared.database import Database, Session, reachable
from shared.documents.indexing import Indexing, changing
from shared.documents.model import Document, read_document
from shared.paging import Place, behind, latest
from shared.runs.pipeline import NOW, Expression, literal

RAISED: Final[Mapping[str, Expression]] = {
    "version": {"$add": ["$version", 1]},
    "updated_at": NOW,
    "unindexed_since": {"$ifNull": ["$unindexed_since", NOW]},
}
"""What every change sets besides."""


def live(document_id: str, owner: str) -> dict[str, Any]:
    """What a person's document is found by."""
    return {"_id": document_id, "owner": owner, "deleted_at": None}


async def find(database: Database, document_id: str, *, owner: str) -> Document | None:
    """The owner's, unless it was deleted."""
    record = await database.documents.find_one(live(document_id, owner))
    return read_document(record) if record else None


async def page(database: Database, *, owner: str, limit: int, after: Place | None = None) -> Sequence[Document]:
    """The owner's, the newest first."""
    wanted: dict[str, Any] = {"owner": owner, "deleted_at": None}
    found = database.documents.find(wanted | behind(after, "created_at")).sort(latest("created_at")).limit(limit)
    return [read_document(record) for record in await found.to_list(limit)]


async def change(
    database: Database,
    document_id: str,
    changes: Mapping[str, Any],
    *,
    owner: str,
    versions: Collection[int] | None,
    indexing: Indexing,
) -> Document | None:
    """With these fields, if it has one of the versions (None: any). None: it has another, or is not there.

    Of two changes of one version the second finds the next version, and changes nothing.
    """
    wanted = live(document_id, owner)
    if versions is not None:
        wanted["version"] = {"$in": list(versions)}
    return await rewrite(database, wanted, {name: literal(value) for name, value in changes.items()}, indexing=indexing)


async def delete(database: Database, document_id: str, *, owner: str, indexing: Indexing) -> bool:
    """A tombstone: it is seen nowhere from now on; index and file follow. True for one that was deleted before."""
    if await rewrite(database, live(document_id, owner), {"deleted_at": NOW}, indexing=indexing) is not None:
        return True
    async with reachable():
        return await database.documents.find_one({"_id": document_id, "owner": owner}, {"_id": 1}) is not None


async def delete_some(database: Database, *, owner: str, most: int, indexing: Indexing) -> int:
    """Tombstones of so many of the owner's documents; how many there were. 0: none of them is left."""
    wanted = {"owner": owner, "deleted_at": None}
    async with reachable():
        page = await database.documents.find(wanted, {"_id": 1}).limit(most).to_list(most)
    if not page:
        return 0
    these = {"_id": {"$in": [record["_id"] for record in page]}, **wanted}

    async def write(session: Session) -> int | None:
        changed = await database.documents.update_many(
            these, [{"$set": {"deleted_at": NOW, **RAISED}}], session=session
        )
        return changed.modified_count or None

    return await changing(database, write, indexing=indexing) or 0


async def rewrite(
    database: Database,
    wanted: Mapping[str, Any],
    fields: Mapping[str, Expression],
    *,
    indexing: Indexing,
) -> Document | None:
    """The one way in which a document changes. None: there is none that is `wanted`."""

    async def write(session: Session) -> Document | None:
        record = await database.documents.find_one_and_update(
            wanted, [{"$set": {**fields, **RAISED}}], return_document=ReturnDocument.AFTER, session=session
        )
        return read_document(record) if record else None

    return await changing(database, write, indexing=indexing)


async def several(database: Database, ids: Collection[str], *, owner: str) -> Mapping[str, Document]:
    """Those of them that are the owner's and not deleted, by their ids: what a search has found, as it is now."""
    if not ids:
        return {}
    found = database.documents.find({"_id": {"$in": list(ids)}, "owner": owner, "deleted_at": None})
    return {record["_id"]: read_document(record) for record in await found.to_list(len(ids))}
