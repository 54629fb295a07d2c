"""Accepts the run of sync_search that will bring a change into the search index (shared/documents/indexing.py).

    soon = IndexSoon(database, world)
    await records.delete(.., indexing=soon)
    await hand_over_soon(services, soon.run)          # after the commit; in a job: `with indexed(context) as soon`

Changes that come before it begins share one run. It belongs to nobody, so that it is in no user's list of jobs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from functions.sync_search.contract import SyncSearch
from shared.clock import World
from shared.context import JobContext
from shared.database import Database, Session
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.model import Run

SEARCH: Final = "search"
"""The owner of these runs."""


class IndexSoon:
    """Of one change. `run` is what stands for it once the change has committed; None where nothing changed."""

    def __init__(self, database: Database, world: World) -> None:
        self._database = database
        self._world = world
        self._begun = False
        self.run: Run | None = None

    async def __call__(self, session: Session) -> None:
        new = new_run(SYNC_SEARCH, SyncSearch(), owner=SEARCH, run_id=self._world.token())
        again, self._begun = self._begun, True
        self.run = await outbox.join(self._database, new, now=self._world.now(), session=session, alone=again)


@contextmanager
def indexed(context: JobContext[Any]) -> Iterator[IndexSoon]:
    """For one change that a job makes: the run is handed over when the job has ended."""
    soon = IndexSoon(context.services.database, context.world)
    try:
        yield soon
    finally:
        if soon.run is not None:
            context.accepted.append(soon.run)
