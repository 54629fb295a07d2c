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

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument

from shared.database import Database, Session
from shared.documents.model import Promise, Upload, UploadState, read_upload
from shared.runs.pipeline import NOW, Expression, literal

URL_LIVES: Final = timedelta(minutes=15)
LATE: Final = timedelta(hours=1)

_LATE_MS: Final = int(LATE.total_seconds() * 1000)


async def create(
    database: Database,
    promise: Promise,
    *,
    owner: str,
    upload_id: str,
    key: str,
    lives: timedelta = URL_LIVES,
    session: Session | None = None,
) -> Upload:
    """Under a new id and key of our own making. A URL that is signed for it lives no longer than `lives`."""
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
        [{"$set": {**fields, "created_at": NOW, "url_expires_at": _end_of(lives)}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return read_upload(record)


async def find(database: Database, upload_id: str, *, owner: str) -> Upload | None:
    """The owner's; another's is not there."""
    record = await database.uploads.find_one({"_id": upload_id, "owner": owner})
    return read_upload(record) if record else None


async def renew(database: Database, upload_id: str, *, owner: str, lives: timedelta = URL_LIVES) -> Upload | None:
    """From now on a URL may be signed for it that lives as long as the first. None: nothing may be put there any more.

    Written before the URL is signed, so that none outlives `url_expires_at`.
    """
    record = await database.uploads.find_one_and_update(
        {"_id": upload_id, "owner": owner, "state": UploadState.UNCLAIMED.value},
        [{"$set": {"url_expires_at": _end_of(lives)}}],
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


def expired(until: int) -> dict[str, Any]:
    """The query of those whose URL worked no longer then, which is in milliseconds since the epoch."""
    return {"state": {"$in": [state.value for state in UploadState]}, "url_expires_at": {"$lte": until}}


async def due(database: Database, *, until: int, besides: Collection[str], limit: int) -> Sequence[Upload]:
    """Expired until then, the oldest first, without those that are named. `condemn` decides which of them may go."""
    wanted = {**expired(until), "_id": {"$nin": sorted(besides)}}
    found = database.uploads.find(wanted).sort("url_expires_at", 1).limit(limit)
    return [read_upload(record) for record in await found.to_list(limit)]


async def condemn(database: Database, upload_ids: Collection[str], *, late: timedelta = LATE) -> Collection[str]:
    """Condemns those that may be claimed no longer; all of them that are condemned now may be swept away.

    An upload that was condemned before is among them: the sweep may have died in between.
    """
    wanted = {"_id": {"$in": sorted(upload_ids)}}
    await database.uploads.update_many(
        {**wanted, "state": UploadState.UNCLAIMED.value, "$expr": over(late)},
        {"$set": {"state": UploadState.CONDEMNED.value}},
    )
    found = database.uploads.find({**wanted, "state": UploadState.CONDEMNED.value}, {"_id": 1})
    return {record["_id"] async for record in found}


def over(late: timedelta = LATE) -> Expression:
    """Whether its URL has ended for so long that no PUT which began in time can still be on its way."""
    return {"$lte": [{"$add": ["$url_expires_at", int(late.total_seconds() * 1000)]}, NOW]}


async def erase(database: Database, upload_ids: Collection[str]) -> None:
    """Their records, when their files are gone; no URL works any longer that was signed for a claimed one."""
    ended = {"$in": [UploadState.CLAIMED.value, UploadState.CONDEMNED.value]}
    await database.uploads.delete_many({"_id": {"$in": sorted(upload_ids)}, "state": ended})


def _end_of(lives: timedelta) -> Expression:
    return {"$add": [NOW, int(lives.total_seconds() * 1000)]}


def may_be_claimed(upload: Upload, *, now: float) -> bool:
    """Spares a copy that would come to nothing. `now` is our clock, in seconds: it decides nothing, the state does."""
    return now * 1000 < upload.url_expires_at + _LATE_MS
