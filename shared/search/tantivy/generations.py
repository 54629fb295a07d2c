"""The generation: which segments the index is made of now, and which packs in the bucket hold their files.

One record, replaced by compare-and-set of its token in the transaction that marks the documents as indexed:

    search_generation   current: {token, number, segments, packs}        the state that everybody reads
    search_retired      pack: {retired_at}                               named by no generation since then
    documents           indexed_version                                  what the new generation holds

A transaction whose answer was lost has happened or not. The record tells: it has the token of this attempt, or, where
another was built on it since, a pack that only this attempt has uploaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from shared.database import Database, MetOthers, Session, reachable, transaction
from shared.documents import backlog
from shared.errors import DependencyDown
from shared.runs.pipeline import NOW
from shared.search.index import LostRace
from shared.search.tantivy.schema import FINGERPRINT

CURRENT: Final = "current"


@dataclass(frozen=True, slots=True)
class Deletes:
    """Which documents of a segment are gone, as Tantivy names the file that says so."""

    count: int
    opstamp: int


@dataclass(frozen=True, slots=True)
class Segment:
    id: str
    documents: int
    """Dead ones too."""
    deletes: Deletes | None
    files: Mapping[str, str]
    """Pack by file name."""

    @property
    def live(self) -> int:
        return self.documents - (self.deletes.count if self.deletes else 0)


@dataclass(frozen=True, slots=True)
class Pack:
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    token: str
    number: int = 0
    segments: tuple[Segment, ...] = ()
    packs: Mapping[str, Pack] = field(default_factory=dict)
    """By key."""

    def without(self, lost: frozenset[str]) -> "Generation":
        """What is left when these packs are gone: segments that need none of them."""
        kept = tuple(segment for segment in self.segments if lost.isdisjoint(segment.files.values()))
        return Generation(self.token, self.number, kept, named(kept, self.packs))


NOTHING: Final = Generation("")
"""Before the first one."""


def named(segments: tuple[Segment, ...], packs: Mapping[str, Pack]) -> Mapping[str, Pack]:
    """The packs that these segments need."""
    needed = {pack for segment in segments for pack in segment.files.values()}
    return {key: pack for key, pack in packs.items() if key in needed}


async def read(database: Database) -> Generation | None:
    """None: there is none, or it is of another schema and can't be read."""
    async with reachable():
        record = await database.search_generation.find_one({"_id": CURRENT})
    return _read(record) if record is not None and record["fingerprint"] == FINGERPRINT else None


async def swap(
    database: Database, old: Generation | None, new: Generation, marks: Mapping[str, int], *, retired: frozenset[str]
) -> None:
    """Raises LostRace, DependencyDown; after the latter it may have happened.

    The marks are part of the transaction, unless people change the same documents so often that it comes to nothing.
    Then they follow it: the index holds these versions from then on, and until they come the documents wait.
    """
    try:
        await _swap(database, old, new, marks, retired=retired)
    except MetOthers:
        await _swap(database, old, new, {}, retired=retired)
        async with reachable():
            await backlog.mark(database, marks)


async def _swap(
    database: Database, old: Generation | None, new: Generation, marks: Mapping[str, int], *, retired: frozenset[str]
) -> None:
    async def work(session: Session) -> None:
        await _replace(database, old, new, session)
        if retired:
            now = [{"$set": {"retired_at": NOW}}]
            writes = [UpdateOne({"_id": key}, now, upsert=True) for key in sorted(retired)]
            await database.search_retired.bulk_write(writes, session=session)
        await backlog.mark(database, marks, session=session)

    try:
        await transaction(database, work)
    except (DependencyDown, LostRace):  # a commit may be tried again that had happened
        now = await read(database) or NOTHING
        own = new.packs.keys() - (old or NOTHING).packs.keys()
        if now.token != new.token and own.isdisjoint(now.packs):
            raise


async def _replace(database: Database, old: Generation | None, new: Generation, session: Session) -> None:
    record = _record(new)
    if old is not None:
        replaced = await database.search_generation.replace_one(
            {"_id": CURRENT, "token": old.token}, record, session=session
        )
        if not replaced.matched_count:
            raise LostRace("the search index has a newer generation")
        return
    # None that this code can read: one of another schema gives way, one that was made meanwhile does not.
    await database.search_generation.delete_one({"_id": CURRENT, "fingerprint": {"$ne": FINGERPRINT}}, session=session)
    try:
        await database.search_generation.insert_one(record, session=session)
    except DuplicateKeyError:
        raise LostRace("the search index has a newer generation") from None


def _record(generation: Generation) -> dict[str, Any]:
    """Files and keys have dots, which are no good names in a document: both are lists of pairs."""
    return {
        "_id": CURRENT,
        "fingerprint": FINGERPRINT,
        "token": generation.token,
        "number": generation.number,
        "packs": [[key, pack.size, pack.sha256] for key, pack in sorted(generation.packs.items())],
        "segments": [
            {
                "id": segment.id,
                "documents": segment.documents,
                "deletes": [segment.deletes.count, segment.deletes.opstamp] if segment.deletes else None,
                "files": [list(pair) for pair in sorted(segment.files.items())],
            }
            for segment in generation.segments
        ],
    }


def _read(record: Mapping[str, Any]) -> Generation:
    return Generation(
        token=record["token"],
        number=record["number"],
        packs={key: Pack(size, sha256) for key, size, sha256 in record["packs"]},
        segments=tuple(
            Segment(
                id=segment["id"],
                documents=segment["documents"],
                deletes=Deletes(*segment["deletes"]) if segment["deletes"] else None,
                files=dict(segment["files"]),
            )
            for segment in record["segments"]
        ),
    )
