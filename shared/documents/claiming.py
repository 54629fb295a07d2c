"""How an upload becomes a document: once, with a file that nobody can change any more.

    head ──▶ copy to a key of this attempt's own ──▶ check the copy ──▶ one transaction
                                                                          uploads    unclaimed -> claimed
                                                                          documents  inserted, under the upload's own id
                                                                          runs       sync_search, and check_document,
                                                                                     where it needs one

The URL of the PUT stays valid, so what was put may change under us at any moment (case 26): what is checked is the
copy, whose key nobody was told. Two attempts never share a key: neither can write over what the other has checked.

    dies before the transaction       the upload is unclaimed, the copy an orphan for the sweep; claim again
    the commit's answer is lost       the next claim finds it claimed, and answers with the document
    two claims at once                one takes the upload; the other's transaction finds it taken, its copy is thrown
                                      away, and it answers with the winner's document
    a sweep in between                see uploads.py: the state decides
    storage away                      nothing was written but perhaps a copy; claim again
    the check failed for good         the document is `checking`, and no check of it lives: claim again begins one

The document's id is made of the upload's, so that one upload can't have two, whatever else goes wrong, and a claim
that comes when the upload's record was swept away finds its document all the same.

To begin a check again takes no transaction. Where one lives, check_later gives that one; where the document was checked
or deleted meanwhile, the needless check finds that out, and does nothing.
"""

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shared.clock import World
from shared.database import Database, Session, transaction
from shared.documents import content, records, uploads
from shared.documents.errors import NotAsPromised, NotThere, UploadGone, UploadUnknown
from shared.documents.indexing import Indexing
from shared.documents.model import Document, Status, StoredFile, Upload, UploadState, read_document
from shared.errors import RetryableError
from shared.runs.model import Run
from shared.storage import Missing, Refused, Storage, Stored


@dataclass(frozen=True, slots=True)
class Desk:
    """What claiming stands on."""

    database: Database
    storage: Storage
    world: World
    check_later: Callable[[str, str, Session | None], Awaitable[Run]]
    """Accepts the job that hashes a document, or gives the one that lives or has succeeded: (document, owner, the
    claim's transaction)."""
    indexing: Indexing
    at_once: int
    """Bytes that a claim hashes itself where the store tells no checksum; more is the job's work."""


@dataclass(frozen=True, slots=True)
class Wish:
    title: str | None = None
    """None: the file's name."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """`created` is False where an earlier claim has made the document. `check` is to be handed over, if it waits."""

    document: Document
    created: bool
    check: Run | None = None


def document_id(upload_id: str) -> str:
    """128 bits, as unguessable as the upload's id."""
    digest = sha256(b"millrace/document/1\0" + upload_id.encode()).digest()
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


async def claim(desk: Desk, upload_id: str, *, owner: str, wish: Wish) -> Claimed:
    """Raises UploadUnknown, UploadGone, NotThere, NotAsPromised, DependencyDown."""
    upload = await uploads.find(desk.database, upload_id, owner=owner)
    if upload is None:
        claimed = await _claimed_before(desk, upload_id, owner=owner)
        if claimed is None:
            raise UploadUnknown("there is no such upload")
        return claimed
    if upload.state is not UploadState.UNCLAIMED:
        return await _ended(desk, upload)
    if not uploads.may_be_claimed(upload, now=desk.world.now()):
        raise UploadGone("the upload has expired")
    try:
        return await _attempt(desk, upload, wish)
    except Missing:
        # Never put, or swept away meanwhile: after a claim, or after it was condemned.
        return await _otherwise(desk, upload)


async def _attempt(desk: Desk, upload: Upload, wish: Wish) -> Claimed:
    _as_promised(await desk.storage.head(upload.key), upload)  # spares the copy of what can't be right
    key = f"files/{document_id(upload.id)}/{desk.world.token()}"
    try:
        copy = await desk.storage.copy(upload.key, key, content_type=upload.promise.content_type)
        hashed = await _checked(desk, copy, upload)
        claimed = await _commit(desk, upload, key, wish, hashed=hashed)
    except (NotAsPromised, Missing):
        await _throw_away(desk, key)
        raise
    if claimed is None:
        await _throw_away(desk, key)
        return await _otherwise(desk, upload)
    return claimed


def _as_promised(found: Stored, upload: Upload) -> None:
    if found.size != upload.promise.size:
        raise NotAsPromised("size")
    if found.content_type.lower() != upload.promise.content_type:
        raise NotAsPromised("content type")
    if found.sha256 is not None and found.sha256 != upload.promise.sha256:
        raise NotAsPromised("checksum")


async def _checked(desk: Desk, copy: Stored, upload: Upload) -> bool:
    """Whether its checksum is known to be right; False leaves that to the job."""
    _as_promised(copy, upload)
    beginning = await desk.storage.first(copy.key, content.BEGINNING) if copy.size else b""
    end = await _end(desk.storage, copy) if content.has_end(upload.promise.content_type) else b""
    if not content.plausible(upload.promise.content_type, beginning, end):
        raise NotAsPromised("content")
    if copy.sha256 is not None:
        return True
    if copy.size > desk.at_once:
        return False
    if await desk.storage.sha256(copy.key) != upload.promise.sha256:
        raise NotAsPromised("checksum")
    return True


async def _end(storage: Storage, copy: Stored) -> bytes:
    return b"".join([piece async for piece in storage.stream(copy.key, start=max(0, copy.size - content.END))])


async def _commit(desk: Desk, upload: Upload, key: str, wish: Wish, *, hashed: bool) -> Claimed | None:
    """None where the upload is no longer unclaimed."""
    made = document_id(upload.id)

    async def work(session: Session) -> Claimed | None:
        at = await uploads.take(desk.database, upload.id, owner=upload.owner, document=made, session=session)
        if at is None:
            return None
        record = _record(made, upload, key, wish, at=at, hashed=hashed)
        await desk.database.documents.insert_one(record, session=session)
        await desk.indexing(session)
        check = None if hashed else await desk.check_later(made, upload.owner, session)
        return Claimed(read_document(record), created=True, check=check)

    return await transaction(desk.database, work)


def _record(made: str, upload: Upload, key: str, wish: Wish, *, at: int, hashed: bool) -> dict[str, Any]:
    promise = upload.promise
    file = StoredFile(key, promise.name, promise.content_type, promise.size, promise.sha256)
    return {
        "_id": made,
        "owner": upload.owner,
        "title": promise.name if wish.title is None else wish.title,
        "tags": list(wish.tags),
        "version": 1,
        "indexed_version": 0,
        "unindexed_since": at,
        "file": {name: getattr(file, name) for name in StoredFile.__slots__},
        "status": (Status.STORED if hashed else Status.CHECKING).value,
        "created_at": at,
        "updated_at": at,
    }


async def _otherwise(desk: Desk, upload: Upload) -> Claimed:
    """What has become of an upload that could not be claimed as it was."""
    now = await uploads.find(desk.database, upload.id, owner=upload.owner)
    if now is None:
        raise UploadGone("the upload has expired")
    if now.state is UploadState.UNCLAIMED:
        raise NotThere("nothing was uploaded yet")
    return await _ended(desk, now)


async def _ended(desk: Desk, upload: Upload) -> Claimed:
    claimed = await _claimed_before(desk, upload.id, owner=upload.owner)
    if claimed is None:
        raise UploadGone("the upload has expired, or its document was deleted")
    return claimed


async def _claimed_before(desk: Desk, upload_id: str, *, owner: str) -> Claimed | None:
    found = await records.find(desk.database, document_id(upload_id), owner=owner)
    if found is None:
        return None
    check = await desk.check_later(found.id, owner, None) if found.status is Status.CHECKING else None
    return Claimed(found, created=False, check=check)


async def _throw_away(desk: Desk, key: str) -> None:
    """A copy that no record will ever name; where that fails the sweep finds it."""
    with suppress(RetryableError, Refused):
        await desk.storage.delete([key])
