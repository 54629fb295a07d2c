"""What happens while both sides are read is not taken for drift, nor is what can't be read."""

from collections.abc import Mapping
from typing import Any

import pytest

from functions.sync_search.comparing import Compared, fits
from functions.sync_search.contract import SyncSearch
from shared.clock import World
from shared.errors import DependencyDown
from shared.runs.model import State
from shared.search.index import SearchIndex
from shared.search.tantivy.engine import TantivyIndex
from shared.threads import Threads
from tests.integration.sync_search.bench import LOG, Bench
from tests.support.stores import doing_first


class Meanwhile:
    """The bench's index, but something happens before it is looked at, and something after."""

    def __init__(self, index: SearchIndex, *, before: Any = None, after: Any = None) -> None:
        self._index = index
        self._before = before
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def versions(self, part: str) -> Mapping[str, int]:
        if self._before:
            await self._before()
        held = await self._index.versions(part)
        if self._after:
            await self._after()
        return held


@pytest.fixture
async def sound(bench: Bench) -> Bench:
    """One document indexed, and one that waits, so that the part is looked at more closely."""
    await bench.document("aa one")
    await bench.turn()
    await bench.database.documents.update_one({"_id": "aa one"}, {"$set": {"unindexed_since": 1, "version": 2}})
    await bench.index.change(lambda: bench.services.source.states(["aa one"]))
    await bench.database.documents.update_one({"_id": "aa one"}, {"$set": {"indexed_version": 1, "unindexed_since": 1}})
    return bench


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["renamed", "deleted", "created"])
async def test_a_whole_sync_while_the_index_is_looked_at_is_no_drift(sound: Bench, when: str, what: str) -> None:
    other = Bench(sound.database, sound.storage)
    done = False

    async def sync() -> None:
        nonlocal done
        if done:
            return
        done = True
        match what:
            case "renamed":
                await other.rename("aa one", "new")
            case "deleted":
                await other.delete("aa one")
            case "created":
                await other.document("aa two")
        await other.turn()

    sound.change(index=Meanwhile(sound.index, **{when: sync}))
    assert (await sound.turn(audit=True))["drifted"] == 0
    assert done
    sound.change(index=sound.index)
    assert (await sound.turn(audit=True))["drifted"] == 0
    await other.index.close()


def at(version: int, indexed: int, *, deleted: bool = False) -> Compared:
    return Compared("one", version, indexed, deleted=deleted, waiting=indexed < version)


@pytest.mark.parametrize(
    ("before", "held", "after", "fitting"),
    [
        (None, None, at(1, 1), True),
        (None, 1, at(1, 1), True),
        (None, 2, at(1, 1), False),
        (at(1, 0), None, at(1, 1), True),
        (at(1, 1), None, at(2, 2), False),
        (at(1, 1), 1, at(2, 2), True),
        (at(1, 1), 2, at(2, 2), True),
        (at(2, 2), 1, at(3, 3), False),
        (at(1, 1), None, at(2, 2, deleted=True), True),
        (at(1, 1), 1, at(2, 2, deleted=True), True),
        (at(2, 2, deleted=True), 2, at(2, 2, deleted=True), False),
        (at(2, 1, deleted=True), 1, at(2, 2, deleted=True), True),
    ],
)
def test_versions_only_grow(before: Compared | None, held: int | None, after: Compared, *, fitting: bool) -> None:
    assert fits(held, before, after) is fitting


async def test_an_index_that_cannot_be_read_is_not_compared_in_an_older_state(bench: Bench) -> None:
    """Else all that was indexed since would seem lost, and would be indexed once more."""
    away = False

    async def maybe() -> None:
        if away:
            raise DependencyDown("storage", "away")

    reader = TantivyIndex(bench.database, doing_first(bench.storage, "save", maybe), Threads(), world=World(), log=LOG)
    await bench.document("aa one")
    await bench.turn()
    assert await reader.versions("aa") == {"aa one": 1}
    await bench.document("aa two")
    await bench.turn()
    away = True
    bench.change(index=reader)
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch(audit=True))).run
    assert (await bench.deliver(desk, run)).answer.status == 503
    assert ((await desk.read(run.id)).state, await bench.waiting()) == (State.RETRYING, set())
    await reader.close()
