"""What dies by its record: the record says when, and goes last.

    due, by an index ──▶ doomed: nobody can want it any more ──▶ objects deleted ──▶ record erased
                             └─ not any more: left                  └─ not deleted: the record stays, for the next turn

A kind of record says how each step is done (expired_uploads.py, deleted_documents.py, expired_reports.py). Each is a
compare-and-set, or finds what the one before has left: a turn that dies anywhere is gone on with by the next.

Bytes are those that the record tells, so that nobody has to ask the store for each: of an upload that was never put its
promise, of a text its characters, which are not more.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from functions.cleanup_blobs.turn import Turn
from shared.database import Collection, reachable
from shared.runs.pipeline import Expression

MOST_LEFT: Final = 2_000
"""Records that a turn may have to leave: with more, something else is wrong, and the next turn looks again."""


@dataclass(frozen=True, slots=True)
class Dying:
    id: str
    keys: tuple[str, ...]
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class Kind:
    page: int
    """Records at a time, that have a thousand objects at most: one call to delete them."""
    due: Callable[[Turn, int, Sequence[str]], Awaitable[Sequence[Dying]]]
    """So many, besides those of these ids, the oldest first."""
    doom: Callable[[Turn, Sequence[Dying]], Awaitable[Sequence[Dying]]]
    """Those of them that nobody can want any more from now on."""
    erase: Callable[[Turn, Sequence[Dying]], Awaitable[None]]
    would: Callable[[Turn], Awaitable[Mapping[str, tuple[int, int]]]]
    """For a dry run: how many objects would go, and their bytes, by reason."""


def passing(kind: Kind) -> Callable[[Turn], Awaitable[bool]]:
    """The pass of the kind: a page of it, and whether there may be more."""

    async def page(turn: Turn) -> bool:
        if turn.dry_run:
            for reason, (count, size) in (await kind.would(turn)).items():
                turn.tell(reason, count, size)
            return False
        left: list[str] = turn.progress.at or []
        found = await kind.due(turn, kind.page, left)
        gone = await _delete(turn, kind, found) if found else ()
        erased = {one.id for one in gone}
        turn.progress.at = [*left, *(one.id for one in found if one.id not in erased)]
        return len(found) == kind.page and len(turn.progress.at) <= MOST_LEFT

    return page


async def _delete(turn: Turn, kind: Kind, found: Sequence[Dying]) -> Sequence[Dying]:
    began = turn.world.now()
    doomed = await kind.doom(turn, found)
    if not doomed:
        return ()
    turn.hurry(began)
    left = set(await turn.storage.delete([key for one in doomed for key in one.keys]))
    gone = [one for one in doomed if left.isdisjoint(one.keys)]
    await kind.erase(turn, gone)
    for reason, those in groupby(sorted(gone, key=lambda one: one.reason), key=lambda one: one.reason):
        batch = list(those)
        turn.tell(reason, sum(len(one.keys) for one in batch), sum(one.size for one in batch))
    turn.tell_failed("by record", len(left))
    return gone


async def summed(
    collection: Collection, wanted: Mapping[str, Any], sums: Mapping[str, Expression], reasons: Mapping[Any, str]
) -> Mapping[str, tuple[int, int]]:
    """For `would`: of all that are wanted. `sums` gives a record's objects, their bytes, and what `reasons` go by."""
    totals: dict[str, tuple[int, int]] = {}
    group = {"_id": sums["by"], "count": {"$sum": sums["count"]}, "bytes": {"$sum": sums["bytes"]}}
    async with reachable():
        async for found in collection.aggregate([{"$match": wanted}, {"$group": group}]):
            count, size = totals.get(reasons[found["_id"]], (0, 0))
            totals[reasons[found["_id"]]] = (count + found["count"], size + found["bytes"])
    return totals
