"""Documents: hidden at once, out of the search index next, and only then their files and records go.

    live ── hide ──▶ tombstone, in the index's backlog ── sync_search ──▶ indexed as gone ── remove ──▶ (nothing)

The record is what tells the index that the document is gone, so it stays until the index has heard of it: removed
sooner, it would leave an entry that only an audit finds. Files go before the record, which is what they are found by.
"""

from functions.erase_user.places import objects
from functions.erase_user.places.place import PAGE, NotYet
from functions.erase_user.services import Context
from functions.indexing import indexed
from shared.database import reachable
from shared.documents import records


async def hide_documents(user: str, context: Context) -> int:
    """How many became tombstones."""
    with indexed(context) as indexing:
        return await records.delete_some(context.services.database, owner=user, most=PAGE, indexing=indexing)


async def remove_documents(user: str, context: Context) -> int:
    """How many are gone with all their files. Raises NotYet while the index holds what is left."""
    services = context.services
    known = {"owner": user, "deleted_at": {"$ne": None}, "unindexed_since": {"$exists": False}}
    async with reachable():
        page = await services.database.documents.find(known).limit(PAGE).to_list(PAGE)
        if not page:
            if await services.database.documents.find_one({"owner": user}, {"_id": 1}):
                raise NotYet("the search index holds documents of theirs")
            return 0
    prefixes = [prefix for record in page for prefix in objects.of_document(record["_id"])]
    named = [part["key"] for record in page for part in (record["file"], record.get("text")) if part]
    await objects.delete(services.storage, [*named, *await objects.beginning(services.storage, prefixes)])
    async with reachable():
        ids = [record["_id"] for record in page]
        return (await services.database.documents.delete_many({"_id": {"$in": ids}, **known})).deleted_count
