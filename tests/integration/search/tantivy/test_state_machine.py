"""One index with changes, writers, deaths and losses in any order; then the dust settles.

The claims: once everything has been indexed and audited, index and documents hold the same. Until then the index holds
of no document an older state than one that it has held, so that what was deleted there never comes back; what is marked
as indexed is in it, unless something was lost; and no search finds another owner's.
"""

import asyncio
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pydantic import SecretStr

from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import connect
from shared.documents import backlog, records
from shared.errors import DependencyDown
from shared.search.index import Damaged, LostRace
from shared.search.model import State
from shared.search.source import Source
from shared.search.tantivy import generations, tidying
from shared.search.tantivy.disk import Disk
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.search.tantivy.place import LOG, Place, Process
from tests.support.open_storage import open_storage
from tests.support.unindexed import unindexed

SOAK: Final = bool(os.environ.get("MILLRACE_SOAK"))
EXAMPLES, STEPS = (100, 50) if SOAK else (4, 20)
OWNERS: Final = {"a1": "ada", "a2": "ada", "a3": "ada", "b1": "eve", "b2": "eve"}
PHASES: Final = (Phase.generate, Phase.shrink) if SOAK else (Phase.generate,)
"""A failure is made smaller only where there is time for it: that takes minutes."""
CROSSINGS: Final[dict[str, tuple[Any, str]]] = {
    "upload": (Storage, "create"),
    "swap": (generations, "swap"),
    "marks": (backlog, "mark"),
    "commit": (generations, "transaction"),
    "copy": (Disk, "keep"),
}
"""Where a writer may die, in the order in which it comes there; just before, or (`after`) just after it."""
LATER: Final = 2 * 86_400

documents = st.sampled_from(sorted(OWNERS))
which = st.integers(0, 1)


class Died(BaseException):
    """The process is gone."""


@contextmanager
def failing(at: str, *, after: bool, error: Callable[[], BaseException]) -> Iterator[None]:
    owner, name = CROSSINGS[at]
    real = getattr(owner, name)

    async def fails(*given: Any, **more: Any) -> None:
        if after:
            await real(*given, **more)
        raise error()

    def fails_in_its_thread(*given: Any) -> None:
        if after:
            real(*given)
        raise error()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, fails if asyncio.iscoroutinefunction(real) else fails_in_its_thread)
        yield


class Machine(RuleBasedStateMachine):
    loop: asyncio.AbstractEventLoop
    place: Place

    def __init__(self) -> None:
        super().__init__()
        self.processes = [self.place.process(), self.place.process()]
        self.source = Source(self.place.database, self.place.storage, LOG)
        self.newest: dict[str, int] = {}
        self.lost = False

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    async def sync(self, process: Process, *, before: Any = None, after: Any = None) -> None:
        """As sync_search does; another's work may come `before` or `after` it reads the documents."""

        async def read() -> Sequence[State]:
            if before:
                await before()
            states = await self.source.states(await self.source.backlog())
            if after:
                await after()
            return states

        with suppress(LostRace, Damaged):
            await process.index.change(read)

    async def change(self, name: str) -> None:
        if not await self.place.database.documents.find_one({"_id": name}):
            await self.place.document(name, owner=OWNERS[name], title="mill")
        await records.change(
            self.place.database, name, {"title": "mill"}, owner=OWNERS[name], versions=None, indexing=unindexed
        )

    @rule(name=documents)
    def a_document_changes(self, name: str) -> None:
        self.run(self.change(name))

    @rule(name=documents)
    def a_document_is_deleted(self, name: str) -> None:
        self.run(records.delete(self.place.database, name, owner=OWNERS[name], indexing=unindexed))

    @rule(at=which)
    def a_writer_works(self, at: int) -> None:
        self.run(self.sync(self.processes[at]))

    @rule(at=which, late=st.booleans(), name=documents)
    def two_writers_meet(self, at: int, name: str, *, late: bool) -> None:
        async def other() -> None:
            await self.change(name)
            await self.sync(self.processes[1 - at])

        self.a_document_changes(name)
        self.run(self.sync(self.processes[at], **{"after" if late else "before": other}))

    @rule(at=which, ids=st.sets(documents))
    def a_trigger_comes_twice_or_late(self, at: int, ids: set[str]) -> None:
        with suppress(LostRace, Damaged):
            self.run(self.processes[at].index.change(lambda: self.source.states(ids)))

    @rule(at=which, crossing=st.sampled_from(sorted(CROSSINGS)), after=st.booleans(), name=documents)
    def a_writer_dies(self, at: int, crossing: str, name: str, *, after: bool) -> None:
        self.a_document_changes(name)
        with failing(crossing, after=after, error=Died), suppress(Died):
            self.run(self.sync(self.processes[at]))
        self.run(self.processes[at].index.close())
        self.processes[at] = self.place.process()

    @rule(at=which, after=st.booleans(), name=documents)
    def the_answer_of_a_commit_is_lost(self, at: int, name: str, *, after: bool) -> None:
        self.a_document_changes(name)
        with (
            failing("commit", after=after, error=lambda: DependencyDown("mongodb", "no answer")),
            suppress(DependencyDown),
        ):
            self.run(self.sync(self.processes[at]))

    @rule(number=st.integers(0, 9))
    def a_store_loses_something(self, number: int) -> None:
        """The bucket a pack, or the database the generation."""
        record = self.run(self.place.database.search_generation.find_one({}))
        if record and record["packs"]:
            self.run(self.place.storage.delete([record["packs"][number % len(record["packs"])][0]]))
        if number == 0:
            self.run(self.place.database.search_generation.delete_many({}))
        self.lost = True

    @rule(at=which)
    def it_is_made_anew(self, at: int) -> None:
        self.run(self.processes[at].index.rebuild(self.source, lambda _: None))
        self.lost = False

    @rule()
    def the_bucket_is_tidied(self) -> None:
        self.run(tidying.tidy(self.place.database, self.place.storage, now=time.time() + LATER))

    @invariant()
    def it_holds_no_older_state(self) -> None:
        self.run(self.looked())

    async def looked(self) -> None:
        found = {record["_id"]: record async for record in self.place.database.documents.find({})}
        marked = {name: record["indexed_version"] for name, record in found.items()}
        gone = {name for name, record in found.items() if record.get("deleted_at") is not None}
        buried = {name for name in gone if marked[name] == found[name]["version"]}
        self.newest |= {name: max(version, self.newest.get(name, 0)) for name, version in marked.items()}
        for process in self.processes:
            held = await process.held()
            assert all(version >= self.newest.get(name, 0) for name, version in held.items())
            assert not held.keys() & buried
            self.newest |= held
            if not self.lost:
                assert all(held.get(name, 0) >= version for name, version in marked.items() if name not in gone)
            for owner in ("ada", "eve"):
                ids = await process.found("mill", owner=owner)
                assert all(OWNERS[name] == owner for name in ids)
                assert not ids & buried

    @rule()
    def the_dust_settles(self) -> None:
        """By processes that have just begun: one with a copy of its own needs no bucket, and sees no loss in it."""
        for process in self.processes:
            self.run(process.index.close())
        self.processes = [self.place.process(), self.place.process()]
        self.run(self.settled())
        self.lost = False

    def teardown(self) -> None:
        async def end() -> None:
            await self.settled()
            await self.place.close()
            self.place.processes.clear()
            for collection in ("documents", "search_generation", "search_retired"):
                await self.place.database[collection].delete_many({})

        self.run(end())

    async def settled(self) -> None:
        """Worked off and audited, as often as it takes: a loss shows itself only when a writer meets it."""
        database = self.place.database
        for _ in range(10):
            await self.sync(self.processes[0])
            live = {record["_id"]: record["version"] async for record in database.documents.find({"deleted_at": None})}
            held = await self.processes[1].held()
            if held == live and not await backlog.waiting(database):
                break
            known = await database.documents.distinct("_id")
            await backlog.put_back(database, {name for name in known if held.get(name) != live.get(name)})
        assert held == live
        assert await backlog.waiting(database) == 0


@pytest.mark.timeout(3_600 if SOAK else 300)
def test_index_and_documents_hold_the_same_whatever_happens(mongodb_uri: str, objects: Objects) -> None:
    loop = asyncio.new_event_loop()
    name = f"test_{secrets.token_hex(6)}"
    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name))
    loop.run_until_complete(ensure(database))
    with open_storage(objects("tigris")) as storage:
        machine = type("Bound", (Machine,), {"loop": loop, "place": Place(database, storage)})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, database=None, phases=PHASES),
            )
        finally:
            loop.run_until_complete(database.client.drop_database(name))
            database.client.close()
            loop.close()
