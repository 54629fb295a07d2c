"""The record of an upload: made before anything is there, so that nothing is ever there without a record.

    create ──▶ unclaimed ──claim──▶ claimed ─────────┐
                   │  └─renew─┘ (a URL signed anew)  ├──▶ erased, when its URL has expired and its file is gone
                   └─condemn──▶ condemned ───────────┘

Both ways out of `unclaimed` are a compare-and-set, so a claim and a sweep that meet (case 27) have one winner: the
sweep deletes nothing before it has condemned, the claim commits nothing unless the upload is still unclaimed.

    claim, condemn           condemn finds it claimed, and leaves it
    condemn, claim           the claim's transaction finds it condemned: UploadGone, its copy is thrown away
    condemn during a claim   the same, or the transaction meets the condemning write, begins anew and finds it
    claim, PUT again         the document has a copy of its own (case 26); the record stays until no URL is left
    renew, condemn           condemn looks at the new end; condemn, renew: renew finds nothing to renew

An upload may be claimed for LATE after its URL has expired, because a PUT that began in time may end later.
"""

from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument

from shared.database import Database, Session
from shared.documents.model import Promise, Upload, UploadState, read_upload
from shared.runs.pipeline import NOW, literal

URL_LIVES: Final = timedelta(minutes=15)
LATE: Final = timedelta(hours=1)

_URL_MS: Final = int(URL_LIVES.total_seconds() * 1000)
_LATE_MS: Final = int(LATE.total_seconds() * 1000)


async def create(
    database: Database, promise: Promise, *, owner: str, upload_id: str, key: str, session: Session | None = None
) -> Upload:
    """Under a new id and key of our own making."""
    words = {
        "owner": owner,
        "key": key,
        "name": promise.name,
        "content_type": promise.content_type,
        "size": promise.size,
        "sha256": promise.sha256,
        "state": UploadState.UNCLAIMED.value,
    }
    fields = {name: literal(value) for name, value in words.items()}
    record: dict[str, Any] = await database.uploads.find_one_and_update(
        {"_id": upload_id},
        [{"$set": {**fields, "created_at": NOW, "url_expires_at": {"$add": [NOW, _URL_MS]}}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return read_upload(record)


async def find(database: Database, upload_id: str, *, owner: str) -> Upload | None:
    """The owner's; another's is not there."""
    record = await database.uploads.find_one({"_id": upload_id, "owner": owner})
    return read_upload(record) if record else None


async def renew(database: Database, upload_id: str, *, owner: str) -> Upload | None:
    """From now on a URL may be signed for it that lives as long as the first. None: nothing may be put there any more.

    Written before the URL is signed, so that none outlives `url_expires_at`.
    """
    record = await database.uploads.find_one_and_update(
        {"_id": upload_id, "owner": owner, "state": UploadState.UNCLAIMED.value},
        [{"$set": {"url_expires_at": {"$add": [NOW, _URL_MS]}}}],
        return_document=ReturnDocument.AFTER,
    )
    return read_upload(record) if record else None


async def take(database: Database, upload_id: str, *, owner: str, document: str, session: Session) -> int | None:
    """Claims it, in the transaction that inserts the document. When, or None if it is not unclaimed."""
    record = await database.uploads.find_one_and_update(
        {"_id": upload_id, "owner": owner, "state": UploadState.UNCLAIMED.value},
        [
            {
                "$set": {
                    "state": literal(UploadState.CLAIMED.value),
                    "document": literal(document),
                    "claimed_at": NOW,
                }
            }
        ],
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return int(record["claimed_at"]) if record else None


async def condemn(database: Database, upload_id: str) -> bool:
    """Condemns it, if it may be claimed no longer; what is True here may be swept away.

    An upload that was condemned before is True again: the sweep may have died in between.
    """
    record = await database.uploads.find_one_and_update(
        {
            "_id": upload_id,
            "state": {"$in": [UploadState.UNCLAIMED.value, UploadState.CONDEMNED.value]},
            "$expr": {"$lte": [{"$add": ["$url_expires_at", _LATE_MS]}, NOW]},
        },
        {"$set": {"state": UploadState.CONDEMNED.value}},
    )
    return record is not None


def may_be_claimed(upload: Upload, *, now: float) -> bool:
    """Spares a copy that would come to nothing. `now` is our clock, in seconds: it decides nothing, the state does."""
    return now * 1000 < upload.url_expires_at + _LATE_MS
