"""Documents change, two processes sync, services fail: when all of it ends the index holds what the documents say."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, Final

import pytest

from functions.sync_search.contract import SyncSearch
from shared.errors import DependencyDown
from shared.search.tantivy import generations
from shared.storage import Storage
from tests.integration.sync_search.bench import Bench

SOAK: Final = bool(os.environ.get("MILLRACE_SOAK"))
MUTATIONS: Final = 10_000 if SOAK else 80
AT_ONCE: Final = 15
"""Mutations beside which both processes sync."""
OFTEN: Final = 0.2
"""Of the calls, that fail while services do."""
CALLS: Final[tuple[tuple[Any, str], ...]] = (
    (Storage, "create"),
    (Storage, "save"),
    (generations, "read"),
    (generations, "transaction"),
)


@pytest.fixture
async def other(bench: Bench) -> AsyncIterator[Bench]:
    """Another process, with a disk of its own."""
    made = Bench(bench.database, bench.storage)
    yield made
    await made.index.close()


@contextmanager
def failing(chance: Random) -> Iterator[None]:
    """Before the call was made, or after: then it has happened, and its answer is lost."""

    def at_times(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def called(*given: Any, **more: Any) -> Any:
            fails, happens = chance.random() < OFTEN, chance.random() < 1 / 2
            answer = await call(*given, **more) if happens or not fails else None
            if fails:
                raise DependencyDown("storage", "no answer")
            return answer

        return called

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in CALLS:
            patch.setattr(owner, name, at_times(getattr(owner, name)))
        yield


class People:
    """Ada, who brings documents, renames and deletes them; `alive` are those that she has."""

    def __init__(self, bench: Bench, chance: Random) -> None:
        self._bench = bench
        self._chance = chance
        self._made = 0
        self.alive: list[str] = []

    async def mutate(self, times: int) -> None:
        for _ in range(times):
            what = self._chance.random()
            if not self.alive or what < 0.4:
                self._made += 1
                self.alive.append(f"{self._made % 50:02}{self._made:05}")
                await self._bench.document(self.alive[-1], title="mill")
            elif what < 0.8:
                await self._bench.rename(self._chance.choice(self.alive), f"mill {self._chance.random()}")
            else:
                await self._bench.delete(self.alive.pop(self._chance.randrange(len(self.alive))))


async def sync(bench: Bench) -> None:
    """One delivery, whatever comes of it."""
    desk = bench.desk
    await bench.deliver(desk, (await desk.enqueue(SyncSearch())).run)


@pytest.mark.timeout(7_200 if SOAK else 300)
async def test_nothing_is_lost_and_nothing_comes_back(
    bench: Bench, other: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = Random(5)
    people = People(bench, chance)
    with failing(chance):
        for _ in range(0, MUTATIONS, AT_ONCE):
            await asyncio.gather(people.mutate(AT_ONCE), sync(bench), sync(other))
    await bench.turn()
    found = bench.database.documents.find({"deleted_at": None}, {"version": 1})
    documents = {record["_id"]: record["version"] async for record in found}
    held = await bench.held()
    audited = await other.turn(audit=True)
    with capsys.disabled():
        told = f"{MUTATIONS} mutations, {len(documents)} documents left: {audited['drifted']} differ"
        print(f"\n{told}")  # noqa: T201 - the figure is what a soak is run for
    assert set(documents) == set(people.alive)
    assert held == documents
    assert audited["drifted"] == 0
