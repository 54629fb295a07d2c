"""Long documents: in parts, over as many deliveries as it takes, and never a part twice."""

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from functions.analyze_document import asking
from functions.analyze_document.asking import CALL_TAKES, Progress
from functions.analyze_document.contract import CONTRACT
from shared.clock import World
from shared.documents import Status
from shared.runs.model import Run, State
from tests.integration.analyze_document.bench import Bench, result
from tests.support.desk import Desk

TOO_LONG = {"status": 400, "code": "context_length_exceeded"}
SENTENCES = (
    "The mill stands by the river {}, where the water is quick.",
    "Its wheel number {} turns in the spring flood and rests in the frost.",
    "The miller grinds rye and barley for village {}, and keeps a tenth.",
)
TEXT = "\n\n".join(" ".join(SENTENCES).format(*[place] * 3) for place in range(20))
SIZE = len(TEXT) // 4 + 100
PARTS = 4


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SIZE", SIZE)
    monkeypatch.setattr(asking, "SMALLEST", SIZE // 4)


@dataclass
class Clock:
    """The job's own: it jumps when the test wants it to, and so does nobody else's."""

    ahead: float = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def cursor(run: Run) -> Progress:
    return Progress.model_validate(json.loads(run.cursor or "null"))


async def leg(bench: Bench, desk: Desk, run: Run, clock: Clock, *, calls: int) -> Run:
    """One delivery, whose time is used up after so many calls."""
    left = [calls]

    async def passes() -> None:
        left[0] -= 1
        if not left[0]:
            clock.ahead += 280.0 - CALL_TAKES

    bench.provider.first = passes
    return await bench.delivered(desk, run)


async def test_a_long_text_is_asked_for_part_by_part_and_then_for_the_whole(bench: Bench) -> None:
    made = await bench.keep(TEXT)
    run = await bench.analysed(made)
    assert result(run) == {
        "status": "analysed",
        "degraded": False,
        "parts": PARTS,
        "model": "openai/local-model",
        "whole": True,
    }
    *parts, notes = [call["document"] for call in bench.ai.calls()]
    assert len(parts) == PARTS
    assert sum(parts) == len(TEXT)
    assert max(parts) <= SIZE
    assert notes <= SIZE
    analysis = (await bench.document(made)).analysis or {}
    assert analysis["language"] == "en"
    assert "miller" in {keyword["word"].lower() for keyword in analysis["keywords"]}


async def test_what_one_delivery_has_no_time_for_the_next_leg_does(bench: Bench) -> None:
    """No part is asked for twice, even if the model's cache forgets; the file is read once."""
    made, clock = await bench.keep(TEXT), Clock()
    desk = bench.desk(world=World(monotonic=clock.monotonic))
    run = await leg(bench, desk, await bench.begun(desk, made), clock, calls=2)
    assert (run.state, run.leg) == (State.QUEUED, 1)
    assert (cursor(run).parts, len(cursor(run).findings)) == (PARTS, 2)
    document = await bench.document(made)
    assert (document.status, document.analysis) == (Status.STORED, None)
    await bench.services.storage.delete([document.file.key])
    await bench.redis.call("FLUSHALL")

    run = await leg(bench, desk, run, clock, calls=2)
    assert (run.leg, len(cursor(run).findings)) == (2, PARTS)
    assert run.progress is not None
    assert (run.progress["done"] >= 2, run.progress["total"], run.progress["what"]) == (True, PARTS, "parts")
    bench.provider.first = None
    run = await bench.delivered(desk, run)
    assert (run.state, result(run)["parts"], run.progress) == (State.SUCCEEDED, PARTS, None)
    assert len(bench.ai.calls()) == PARTS + 1


async def test_the_legs_come_to_the_same_as_one_delivery(bench: Bench) -> None:
    at_once = await bench.keep(TEXT)
    await bench.analysed(at_once)
    made, clock = await bench.keep(TEXT), Clock()
    await bench.redis.call("FLUSHALL")
    desk = bench.desk(world=World(monotonic=clock.monotonic))
    run = await leg(bench, desk, await bench.begun(desk, made), clock, calls=3)
    bench.provider.first = None
    run = await bench.delivered(desk, run)
    assert run.leg == 1

    def said(analysis: Any) -> dict[str, Any]:
        return {name: value for name, value in analysis.items() if name not in {"at", "run"}}

    assert said((await bench.document(made)).analysis) == said((await bench.document(at_once)).analysis)


async def test_a_text_has_the_same_parts_whether_it_was_just_read_or_is_fetched(bench: Bench) -> None:
    """Whatever its line ends are."""
    text = TEXT.replace("\n", "\r\n")
    made, clock = await bench.keep(text), Clock()
    desk = bench.desk(world=World(monotonic=clock.monotonic))
    run = await leg(bench, desk, await bench.begun(desk, made), clock, calls=2)
    bench.provider.first = None
    await bench.delivered(desk, run)
    assert sum(call["document"] for call in bench.ai.calls()[:-1]) == len(text)


async def test_a_leg_that_fails_in_the_middle_asks_for_no_part_that_was_answered(bench: Bench) -> None:
    """Its first two answers are in the model's cache."""
    made, desk = await bench.keep(TEXT), bench.desk()
    bench.ai.order({}, {}, {"status": 503, "headers": {"retry-after": "1"}})
    run = await bench.delivered(desk, await bench.begun(desk, made))
    assert run.state is State.RETRYING
    run = await bench.delivered(desk, run)
    assert result(run)["degraded"] is False
    assert [call["answer"] for call in bench.ai.calls()] == ["whole", "whole", "503", *["whole"] * (PARTS - 1)]


async def test_legs_that_have_no_time_for_a_call_come_to_an_end(bench: Bench) -> None:
    """Its text was read before: for reading a file there would be no time either, and that is another wait."""
    made, desk = await bench.keep(TEXT), bench.desk()
    await bench.delivered(desk, await bench.begun(desk, made))
    await bench.database.documents.update_one({"_id": made}, {"$unset": {"analysis": 1}, "$set": {"status": "stored"}})
    run = await bench.begun(desk, made)
    for _ in range(2 * CONTRACT.tries):
        await desk.change(run.id, not_before=0, lease=0)
        await desk.deliver(await desk.read(run.id), remaining=CALL_TAKES)
        run = await desk.read(run.id)
        if run.state is State.SUCCEEDED:
            break
    assert (run.leg, run.tries, result(run)["degraded"]) == (1, CONTRACT.tries, True)


async def test_patience_counts_anew_in_each_leg(bench: Bench) -> None:
    made, clock = await bench.keep(TEXT), Clock()
    desk = bench.desk(world=World(monotonic=clock.monotonic))
    run = await leg(bench, desk, await bench.begun(desk, made), clock, calls=2)
    bench.provider.first = None
    bench.ai.order(always={"status": 503, "headers": {"retry-after": "1"}})
    assert (await bench.delivered(desk, run, later=1000)).state is State.RETRYING


async def test_a_text_that_is_too_long_for_the_model_is_asked_for_in_smaller_parts(bench: Bench) -> None:
    made = await bench.keep(TEXT)
    bench.ai.order(TOO_LONG)
    run = await bench.analysed(made)
    assert result(run)["parts"] > PARTS
    assert max(call["document"] for call in bench.ai.calls()[1:]) <= SIZE // 2


async def test_a_model_that_takes_no_part_however_small_is_given_up_for_good(bench: Bench) -> None:
    bench.ai.order(always=TOO_LONG)
    run = await bench.analysed(await bench.keep(TEXT))
    told = result(run)
    assert (told["degraded"], told["because"], told["upgrade_in"]) == (True, "ai_too_long", None)
    assert len(bench.ai.calls()) == 3
    assert await bench.upgrades() == []


async def test_of_a_text_that_is_longer_than_any_the_beginning_is_analysed_and_that_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PARTS", 2)
    made = await bench.keep(TEXT)
    told = result(await bench.analysed(made))
    assert (told["parts"], told["whole"]) == (2, False)
    assert ((await bench.document(made)).analysis or {})["whole"] is False
    assert SIZE < sum(call["document"] for call in bench.ai.calls()[:2]) <= 2 * SIZE


@pytest.mark.parametrize("spoilt", [{"key": "texts/other"}, {"parts": 9}, {"findings": "none"}, {"added": 1}])
async def test_a_cursor_of_another_text_or_another_version_is_left(bench: Bench, spoilt: dict[str, Any]) -> None:
    """All is asked for anew."""
    made, clock = await bench.keep(TEXT), Clock()
    desk = bench.desk(world=World(monotonic=clock.monotonic))
    run = await leg(bench, desk, await bench.begun(desk, made), clock, calls=2)
    bench.provider.first = None
    await desk.change(run.id, cursor=json.dumps(json.loads(run.cursor or "null") | spoilt))
    await bench.redis.call("FLUSHALL")
    assert result(await bench.delivered(desk, run))["parts"] == PARTS
    assert len(bench.ai.calls()) == 2 + PARTS + 1
