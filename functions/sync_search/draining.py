"""Brings the backlog into the index, batch by batch, until nothing waits or the time is up.

    backlog ──▶ batch ──▶ index.change ──▶ brought in, marked ──▶ owners' cached results invalidated ──▶ next batch
                              ├─ lost the race ──▶ begun anew, a little later
                              ├─ damaged, a service away, no time left ──▶ raised
                              └─ any other fault ──▶ each half of the batch, down to the document that can't be brought
                                                     in: left out of this run, said in the log, and lag until it can

What is read is read inside `change`, after the index has looked at its own state (shared/search/index.py).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from functions.sync_search.progress import Progress
from functions.sync_search.services import Context
from shared.errors import ConfigurationError, DeadlineReached, DependencyDown, RetryableError
from shared.search.index import Damaged, LostRace
from shared.search.model import Entry, State

BATCH: Final = 40.0
"""Seconds that a batch may take: none is begun when fewer are left."""
RACES: Final = 6
PAUSE: Final = 0.2
"""Seconds before a lost race is run again, at first; doubled, with jitter."""
MOST: Final = 100
"""Documents that a run leaves out: when it is more, the documents are not what is wrong, and the run fails aloud."""


async def drain(context: Context, progress: Progress) -> bool:
    """Whether nothing waits but what had to be left. What was done before it raises is done."""
    while context.remaining() > BATCH:
        waiting = await context.services.source.backlog(besides=progress.left)
        if not waiting:
            await context.services.index.change(_nothing)  # which looks whether the index is whole: Damaged, if not
            return True
        if done := progress.indexed + progress.removed:
            await context.progress(done, what="documents")
        await _bring(context, progress, waiting)
    return False


async def _nothing() -> Sequence[State]:
    return ()


async def _bring(context: Context, progress: Progress, ids: Sequence[str]) -> None:
    try:
        await _change(context, progress, ids)
    except (DependencyDown, DeadlineReached, ConfigurationError, LostRace, Damaged):
        raise
    except Exception as fault:  # noqa: BLE001 - one document that can't be indexed must not hold up all others
        told: dict[str, object] = {"fault": type(fault).__name__, "documents": len(ids)}
    else:
        return
    if len(ids) == 1:
        _leave(context, progress, ids[0], told)
        return
    context.log.warning("a batch could not be indexed, and is tried in halves", extra=told)
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        if context.remaining() > BATCH:
            await _bring(context, progress, half)


def _leave(context: Context, progress: Progress, document: str, told: Mapping[str, object]) -> None:
    context.log.error("a document could not be indexed", extra={**told, "document": document})
    progress.left.append(document)
    if len(progress.left) > MOST:
        raise RetryableError(f"more than {MOST} documents could not be indexed")


async def _change(context: Context, progress: Progress, ids: Sequence[str]) -> None:
    services = context.services
    owners: set[str] = set()

    async def read() -> Sequence[State]:
        documents = await services.source.documents(ids)
        owners.update(document.owner for document in documents)
        return await services.source.read(documents)

    for race in range(RACES):
        try:
            states = await services.index.change(read)
            break
        except LostRace:
            if race + 1 == RACES:
                raise
            await context.world.sleep(PAUSE * 2**race * (0.5 + context.world.random.random()))
    entries = sum(isinstance(state, Entry) for state in states)
    progress.indexed += entries
    progress.removed += len(states) - entries
    await services.invalidate(owners)
