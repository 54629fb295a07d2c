"""Uploads: their files go at once; a record goes with its URL, and says nothing of the user until then.

    unclaimed, claimed ── condemned ──▶ files gone ──┬── its URL is over ──▶ (nothing)
                                                     └── else ──▶ nobody's: the cleanup's, when its URL is over

Condemned first: a claim that is on its way finds that, commits nothing and throws its copy away (case 27). Copies of
claims that died lie under the id that their document would have had, and go here.

Whoever has the URL of a PUT can use it until it ends, and so put the file there again. That is why the record stays: it
names the key, and nothing else, and the cleanup deletes what is there and then the record (cleanup_blobs).
"""

from typing import Any, Final

from functions.erase_user.places import objects
from functions.erase_user.places.place import PAGE
from functions.erase_user.services import Context
from shared.database import reachable
from shared.documents import UploadState
from shared.documents.claiming import document_id
from shared.documents.uploads import over

NOBODY: Final = ""
_FORGOTTEN: Final = {
    "$set": {"owner": NOBODY, "name": "", "sha256": "", "size": 0},
    "$unset": {"document": "", "claimed_at": ""},
}


async def remove_uploads(user: str, context: Context) -> int:
    uploads, storage = context.services.database.uploads, context.services.storage
    async with reachable():
        page = await uploads.find({"owner": user}, {"key": 1}).limit(PAGE).to_list(PAGE)
        if not page:
            return 0
        these: dict[str, Any] = {"_id": {"$in": [record["_id"] for record in page]}, "owner": user}
        await uploads.update_many(these, {"$set": {"state": UploadState.CONDEMNED.value}})
    prefixes = [prefix for record in page for prefix in objects.of_document(document_id(record["_id"]))]
    copies = await objects.beginning(storage, prefixes)
    await objects.delete(storage, [*(record["key"] for record in page), *copies])
    async with reachable():
        gone = await uploads.delete_many({**these, "$expr": over()})
        forgotten = await uploads.update_many(these, _FORGOTTEN)
    return gone.deleted_count + forgotten.modified_count
