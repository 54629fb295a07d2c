"""Compares the bucket with the records: one merge pass over both, page by page, in the order of keys.

    a page of the listing     a/1   a/2   a/3   a/5                 1,000 keys: one call
    owners among its keys     a/1               a/5                 a few queries, by index
    marks between its ends          a/2   a/4   a/5                 one query
                              own   kept  new   unmarked            a/4 is gone from the bucket: unmarked

Nothing is marked that is younger than the grace: its writer may be about to name it. What is held at a time is a page;
what is counted goes with the cursor. Objects of the search index are the index's to collect, and what has a key that
is none of ours is told and left alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from functions.cleanup_blobs.turn import Turn
from shared.blobs import orphans, owners
from shared.blobs.orphans import Orphan
from shared.blobs.owners import kind_of
from shared.health import STORAGE_KEY
from shared.storage import Listed
from shared.storage.keys import fits
from shared.storage.storage import BATCH

KEPT: Final = frozenset({"search", kind_of(STORAGE_KEY)})
"""The index's, which collects them by itself, and the one that the checks of the store's health write."""


async def mark(turn: Turn) -> bool:
    """One page, and whether there are more."""
    after: str = turn.progress.at or ""
    page, more = await turn.storage.page("", after=after)
    last = page[-1].key if more else None
    marks = await _marks(turn, after, last, {listed.key for listed in page})
    _count(turn, page)
    await _compare(turn, [listed for listed in page if _is_ours(listed.key)], marks)
    turn.progress.at = last
    return more


def _count(turn: Turn, page: Sequence[Listed]) -> None:
    turn.progress.seen += len(page)
    turn.progress.bytes += sum(listed.size for listed in page)
    turn.progress.foreign += sum(not _is_ours(listed.key) and kind_of(listed.key) not in KEPT for listed in page)


def _is_ours(key: str) -> bool:
    return kind_of(key) in owners.OWNED and fits(key)


async def _marks(turn: Turn, after: str, last: str | None, there: Collection[str]) -> Mapping[str, Orphan]:
    """Of the page's keys. Those of objects that are gone go, which others have deleted."""
    marks: dict[str, Orphan] = {}
    while True:
        found = await orphans.between(turn.database, after, last, BATCH)
        marks |= {orphan.key: orphan for orphan in found if orphan.key in there}
        await _unmark(turn, [orphan.key for orphan in found if orphan.key not in there])
        if len(found) < BATCH:
            return marks
        after = found[-1].key


async def _unmark(turn: Turn, keys: Collection[str]) -> None:
    turn.progress.unmarked += len(keys)
    if not turn.dry_run:
        await orphans.unmark(turn.database, keys)


async def _compare(turn: Turn, page: Sequence[Listed], marks: Mapping[str, Orphan]) -> None:
    old = {
        listed.key for listed in page if listed.modified.timestamp() * 1000 <= turn.before(turn.services.periods.grace)
    }
    unowned = old - await owners.owned(turn.database, old)
    new = _new(turn, [listed for listed in page if listed.key in unowned], marks)
    owned_again = marks.keys() - unowned
    _weigh(turn, [mark for key, mark in marks.items() if key in unowned - {orphan.key for orphan in new}])
    turn.progress.marked += len(new)
    if not turn.dry_run:
        await orphans.mark(turn.database, new)
    await _unmark(turn, owned_again)


def _new(turn: Turn, unowned: Sequence[Listed], marks: Mapping[str, Orphan]) -> Sequence[Orphan]:
    """Of another object that was at the key the mark is worth nothing."""
    now = int(turn.world.now() * 1000)
    return [
        Orphan(listed.key, now, listed.size, listed.etag, f"orphan_{kind_of(listed.key)}")
        for listed in unowned
        if listed.key not in marks or marks[listed.key].etag != listed.etag
    ]


def _weigh(turn: Turn, kept: Sequence[Orphan]) -> None:
    until = turn.before(turn.services.periods.wait)
    due = sum(orphan.marked_at <= until for orphan in kept)
    turn.progress.due += due
    turn.progress.waiting += len(kept) - due
