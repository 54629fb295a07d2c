"""Deletes what has been marked long enough: first condemned, then looked at once more.

    marks that are due, by key ──▶ condemned ──▶ owners read ──▶ deleted ──▶ unmarked ──▶ released
                                                    └─ owned: unmarked, released

Why nothing is deleted that somebody owns: shared/blobs/condemned.py. A file or an upload is never owned again: the key
of a file is made for one claim, which names it in 29 s or never, and an upload's record is there before its URL is.

    dies before the delete      condemned and marked: adopted by the next delivery, or the next turn after a while
    dies after it               the same, and deletes once more
    dies when it is unmarked    condemned: the same

Nothing is deleted when more would go than the share that one turn may take: then it is more likely that records are
lost, or that this is the wrong database, than that so much is orphaned. A person looks (a dry run), and may raise the
share.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from functions.cleanup_blobs.turn import Turn
from shared.blobs import condemned, orphans, owners
from shared.blobs.orphans import Orphan
from shared.observability import tell_cleanup_refused
from shared.storage.storage import BATCH

FEW: Final = 20
"""Objects that may always go: a share of a bucket with next to nothing in it says nothing."""


async def adopt(turn: Turn) -> bool:
    """Goes on with what a turn that died has condemned: a batch. What can't be deleted is behind it for this turn."""
    if turn.dry_run:
        return False
    began = turn.world.now()
    keys = await condemned.adopt(turn.database, by=turn.by, limit=BATCH, after=turn.progress.at or "")
    await _finish(turn, keys, await orphans.among(turn.database, keys), began)
    turn.progress.at = keys[-1] if keys else None
    return len(keys) == BATCH


async def sweep(turn: Turn) -> bool:
    """One batch, and whether there may be more."""
    if _refused(turn):
        return False
    until = turn.before(turn.services.periods.wait)
    due = await orphans.due(turn.database, after=turn.progress.at or "", until=until, limit=BATCH)
    if due:
        await _sweep(turn, {orphan.key: orphan for orphan in due})
        turn.progress.at = due[-1].key
    return len(due) == BATCH


def _refused(turn: Turn) -> bool:
    due, seen = turn.progress.due, turn.progress.seen - turn.progress.foreign
    turn.progress.refused = due > max(FEW, turn.most_share * seen)
    if turn.progress.at is None and not turn.dry_run:
        tell_cleanup_refused(refused=turn.progress.refused)
    if turn.progress.refused:
        told = {"due": due, "seen": seen, "most_share": turn.most_share}
        turn.log.error("so much of the bucket is orphaned that nothing is deleted", extra=told)
    return turn.progress.refused


async def _sweep(turn: Turn, due: Mapping[str, Orphan]) -> None:
    if turn.dry_run:
        _tell(turn, due.keys() - await owners.owned(turn.database, due), due)
        return
    began = turn.world.now()
    keys = await condemned.condemn(turn.database, due, by=turn.by)
    await _finish(turn, keys, due, began)


async def _finish(turn: Turn, keys: Sequence[str], marks: Mapping[str, Orphan], began: float) -> None:
    """From the second look on, of what this turn has condemned."""
    if not keys:
        return
    owned = await owners.owned(turn.database, keys)
    await orphans.unmark(turn.database, owned & marks.keys())
    await condemned.release(turn.database, owned, by=turn.by)
    turn.progress.unmarked += len(owned & marks.keys())
    unowned = [key for key in keys if key not in owned]
    turn.hurry(began)
    left = set(await turn.storage.delete(unowned))
    gone = {key for key in unowned if key not in left}
    await orphans.unmark(turn.database, gone)
    await condemned.release(turn.database, gone, by=turn.by)
    _tell(turn, gone, marks)
    turn.tell_failed("orphan", len(left))


def _tell(turn: Turn, gone: Collection[str], marks: Mapping[str, Orphan]) -> None:
    by_reason: dict[str, list[int]] = {}
    for key in gone & marks.keys():
        by_reason.setdefault(marks[key].reason, []).append(marks[key].size)
    for reason, sizes in sorted(by_reason.items()):
        turn.tell(reason, len(sizes), sum(sizes))
