"""As a job: legs that go on where the last one stopped, a cron's body, and the same work from a command line."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from functions.cleanup_blobs import cleaning, marking, sweeping
from functions.cleanup_blobs.cleaning import cleanup_blobs
from functions.cleanup_blobs.contract import CONTRACT, CleanupBlobs
from functions.cleanup_blobs.direct import clean
from functions.cleanup_blobs.progress import Progress
from shared.blobs import condemned
from shared.config import StorageSettings
from shared.process import Process
from shared.runs.model import State
from shared.storage import storage as paging
from tests.integration.cleanup_blobs.bench import Bench
from tests.support.desk import Desk

LONG = 300.0


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (paging, marking, sweeping):
        monkeypatch.setattr(module, "BATCH", 3)


@pytest.mark.usefixtures("small_pages")
async def test_a_run_of_many_legs_is_one_turn(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each leg does one page; a cursor holds counts and a place, and no keys but one."""
    await bench.put(*(f"files/a/{number}" for number in range(7)))
    await bench.document("mill")
    bench.later(days=2)
    await bench.turn(bucket=True)
    bench.later(days=1)
    monkeypatch.setattr(cleaning, "PAGE", 10_000.0)
    desk = Desk(bench.database, CONTRACT, cleanup_blobs, services=bench.services, world=bench.world)
    run = (await desk.enqueue(CleanupBlobs(bucket=True))).run
    legs = 0
    while run.state is not State.SUCCEEDED:
        assert (await desk.deliver(run, remaining=LONG)).answer.status == 200
        run, legs = await desk.read(run.id), legs + 1
        assert run.cursor is None or len(run.cursor) < 500
    result = json.loads(run.result or "")
    assert legs == 4 + 3 + 3 + 1 + 1
    assert (result["seen"], result["deleted"]) == (8, {"orphan_files": {"count": 7, "bytes": 35}})
    assert await bench.there() == {"files/mill/copy"}


@pytest.mark.parametrize(("body", "seen"), [(b"{}", 0), (b'{"bucket": true}', 1)])
async def test_a_cron_is_a_plain_delivery(bench: Bench, body: bytes, seen: int) -> None:
    await bench.document("mill")
    desk = Desk(bench.database, CONTRACT, cleanup_blobs, services=bench.services)
    assert (await desk.deliver_body(body, remaining=LONG)).answer.status == 200
    record = await bench.database.runs.find_one({"job": CONTRACT.name})
    assert record is not None
    assert json.loads(record["result"])["seen"] == seen


@pytest.mark.usefixtures("small_pages")
async def test_a_leg_that_fails_is_done_again_and_counts_what_is_there_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.put(*(f"files/a/{number}" for number in range(7)))
    bench.later(days=2)
    desk = Desk(bench.database, CONTRACT, cleanup_blobs, services=bench.services, world=bench.world)
    run = (await desk.enqueue(CleanupBlobs(bucket=True))).run
    compare, pages = marking._compare, 0

    async def failing(*given: Any) -> None:
        nonlocal pages
        pages += 1
        if pages == 2:
            raise OSError
        await compare(*given)

    monkeypatch.setattr(marking, "_compare", failing)
    assert (await desk.deliver(run, remaining=LONG)).answer.status == 503
    await desk.change(run.id, not_before=0, lease=0)
    assert (await desk.deliver(run, remaining=LONG)).answer.status == 200
    result = json.loads((await desk.read(run.id)).result or "")
    assert (result["seen"], result["marked"], result["waiting"]) == (7, 4, 3)
    assert len(await bench.marked()) == 7


@pytest.mark.usefixtures("small_pages")
async def test_a_turn_ends_whose_store_deletes_nothing_of_what_a_dead_one_has_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"files/a/{number}" for number in range(7)]
    await bench.put(*keys)
    await condemned.condemn(bench.database, keys, by="dead")
    await bench.database.condemned.update_many({}, {"$set": {"at": 0}})

    async def refused(asked: Collection[str]) -> Collection[str]:
        return list(asked)

    adopted = 0

    def told(progress: Progress) -> None:
        nonlocal adopted
        adopted += progress.phase == "adopt"
        assert adopted < len(keys), "the same batch again and again"

    with monkeypatch.context() as patched:
        patched.setattr(bench.storage, "delete", refused)
        assert (await bench.turn(told=told))["failed"] == len(keys)
    assert await bench.condemned() == set(keys), "the next turn tries again"


async def test_the_command_lines_way_does_the_same_and_tells_of_each_page(
    bench: Bench, yard: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.put("files/a/1")
    process = Process("blobs", world=replace(bench.world))
    for name, value in {"STAGE": "local", "TIME_SCALE": "1440", "CLEANUP_MOST_SHARE": "0.5"}.items():
        monkeypatch.setenv(name, value)
    process.__dict__.update(database=bench.database, storage=bench.storage, search=bench.services.index())
    phases: list[str | None] = []
    bench.later(minutes=2)
    process.world = bench.world
    result = await clean(process, CleanupBlobs(bucket=True), told=lambda progress: phases.append(progress.phase))
    assert (result["seen"], result["marked"]) == (1, 1), "a day is a minute here"
    assert phases[-1] is None
    assert len(phases) == len(cleaning.PASSES)
