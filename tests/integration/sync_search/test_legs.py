"""A run of several legs is one piece of work: what a leg did is not done again, and is counted in the end."""

import asyncio
import json
from typing import Any

import pytest

from functions.sync_search import auditing, draining
from functions.sync_search.contract import SyncSearch
from shared.runs.model import Run
from shared.search import source
from tests.integration.sync_search.bench import Bench


async def test_a_run_that_goes_on_draining_does_not_compare_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("aa", "bb"):
        await bench.document(name)
    compared: list[Any] = []
    monkeypatch.setattr(auditing, "_expected", _noting(auditing._expected, compared))
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch(audit=True))).run
    monkeypatch.setattr(draining, "BATCH", 10_000.0)
    await bench.deliver(desk, run)
    monkeypatch.setattr(draining, "BATCH", 40.0)
    await bench.deliver(desk, run)
    assert len(compared) == 2, "each part once"
    result = _result(await desk.read(run.id))
    assert (result["compared"], result["indexed"]) == (2, 2)


def _noting(call: Any, calls: list[Any]) -> Any:
    def noted(*args: Any) -> Any:
        calls.append(args)
        return call(*args)

    return noted


async def test_the_result_is_of_all_legs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "DOCUMENTS", 2)
    for number in range(6):
        await bench.document(f"{number}")
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch())).run
    for indexed in (2, 4):
        await _one_batch(bench, desk, run, monkeypatch)
        assert (await desk.read(run.id)).read_cursor()["indexed"] == indexed
    shown = (await desk.read(run.id)).progress
    assert shown is not None
    assert (shown["done"], shown["total"], shown["what"]) == (2, None, "documents")
    await bench.deliver(desk, run)
    result = _result(await desk.read(run.id))
    assert (result["indexed"], result["left"], result["lag"][1]) == (6, 0, 0)
    assert result["lag"][0] > 0


async def _one_batch(bench: Bench, desk: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is up after the first."""
    invalidate = bench.services.invalidate

    async def then_no_time(owners: Any) -> None:
        monkeypatch.setattr(draining, "BATCH", 10_000.0)
        await invalidate(owners)

    bench.change(invalidate=then_no_time)
    await bench.deliver(bench.desk, run)
    monkeypatch.setattr(draining, "BATCH", 40.0)


def _result(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run.result or "null")
    return told


@pytest.mark.parametrize(("body", "drift"), [(b"{}", None), (b'{"audit": true}', 0.0)])
async def test_a_cron_is_a_plain_delivery_and_each_turn_tells_its_metrics(
    bench: Bench, capsys: pytest.CaptureFixture[str], body: bytes, drift: float | None
) -> None:
    """No drift is told as none, so that an alarm has data; where nothing was compared nothing is told of it."""
    await bench.document("one", unindexed_since=1)
    assert (await bench.desk.deliver_body(body, remaining=300.0)).answer.status == 200
    assert await bench.held() == {"one": 1}
    (metrics,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "SearchLag" in line)
    assert metrics["SearchIndexed"] == [1.0]
    assert metrics["SearchLag"][0] > 0
    assert metrics.get("SearchDrift", [None]) == [drift]


async def test_triggers_that_come_at_once_index_each_document_once(bench: Bench) -> None:
    for number in range(6):
        await bench.document(f"{number}")
    turns = await asyncio.gather(*(bench.turn() for _ in range(3)))
    assert await bench.waiting() == set()
    assert await bench.held() == {f"{number}": 1 for number in range(6)}
    assert sum(turn["left"] for turn in turns) == 0
