"""The model is away: waited for, given up, and asked again later, without a document ever being the worse for it."""

from typing import Any

import pytest
from pydantic import SecretStr

from functions.analyze_document import patience
from functions.analyze_document.contract import CONTRACT
from functions.analyze_document.extractive import analyse
from functions.analyze_document.outcome import Outcome
from functions.analyze_document.patience import HOUR, PATIENCE, UPGRADES
from functions.analyze_document.records import record, store
from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.degraded import watched
from shared.documents import Status, records
from shared.redis import Redis
from shared.runs.model import Run, State
from tests.integration.analyze_document.bench import TEXT, Bench, model_of, result
from tests.support.unindexed import unindexed

DOWN = {"status": 503, "headers": {"retry-after": "1"}}


def degraded(because: str, upgrade_in: float | None) -> dict[str, Any]:
    made = {"status": "analysed", "degraded": True, "parts": 0, "model": "extractive", "whole": True}
    return made | {"because": because, "upgrade_in": upgrade_in}


async def given_up(bench: Bench, document: str, *, upgrade: int = 0) -> Run:
    """A run for which the model is away until its patience is over."""
    bench.ai.order(always=DOWN)
    desk = bench.desk()
    run = await bench.delivered(desk, await bench.begun(desk, document, upgrade=upgrade))
    with watched() as fallbacks:
        run = await bench.delivered(desk, run, later=PATIENCE)
    assert fallbacks["ai"] == {"analysed without it"}
    return run


async def test_a_model_that_comes_back_in_time_makes_a_full_analysis(bench: Bench) -> None:
    """Between its tries the document is stored, with its text; nothing is said about it yet."""
    made, desk = await bench.keep(), bench.desk()
    bench.ai.order(always=DOWN)
    run = await bench.delivered(desk, await bench.begun(desk, made))
    assert run.state is State.RETRYING
    document = await bench.document(made)
    assert (document.status, document.analysis) == (Status.STORED, None)
    assert document.text is not None

    bench.ai.order()
    run = await bench.delivered(desk, run, later=PATIENCE - 60)
    assert (run.state, result(run)["degraded"]) == (State.SUCCEEDED, False)
    assert await bench.upgrades() == []
    assert await bench.texts(made) == [document.text.key]


async def test_beyond_its_patience_the_text_is_analysed_without_the_model(bench: Bench) -> None:
    made = await bench.keep()
    run = await given_up(bench, made)

    assert (run.state, result(run)) == (State.SUCCEEDED, degraded("dependency_down", HOUR))
    document = await bench.document(made)
    assert (document.status, document.analysis) == (
        Status.ANALYSED,
        record(Outcome(analysis=analyse(TEXT), parts=0, model="extractive", whole=True, degraded=True), run),
    )
    [upgrade] = await bench.upgrades()
    assert (upgrade.owner, upgrade.key) == (bench.owner, f"{run.id}.1")
    assert upgrade.not_before - upgrade.created == HOUR * 1000


async def test_the_last_try_gives_up_however_patient_it_could_be(bench: Bench) -> None:
    made, desk = await bench.keep(), bench.desk()
    bench.ai.order(always=DOWN)
    run = await bench.begun(desk, made)
    await desk.change(run.id, tries=CONTRACT.tries - 1)
    assert result(await bench.delivered(desk, run)) == degraded("dependency_down", HOUR)


async def test_tokens_that_are_used_up_for_longer_than_one_is_patient_are_not_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upgrade comes when there are new ones, if that is later than it would come anyway."""
    monkeypatch.setattr(patience, "PATIENCE", 0.001)
    model = model_of(bench.provider, bench.redis, tokens=1)
    told = result(await bench.analysed(await bench.keep(), bench.desk(model=model)))
    assert told == degraded("ai_over_quota", told["upgrade_in"])
    assert HOUR <= told["upgrade_in"] <= 24 * HOUR
    assert bench.ai.calls() == []


async def test_a_repeat_after_the_settling_was_lost_gives_up_to_the_same_end(bench: Bench) -> None:
    """With it the upgrade was lost: the repeat finds its own analysis, leaves it, and asks for the upgrade anew."""
    made = await bench.keep()
    run = await given_up(bench, made)
    before = await bench.document(made)
    await bench.database.runs.delete_many({"_id": {"$ne": run.id}})
    desk = bench.desk()
    await desk.change(run.id, state="running", lease=0, result=None)

    again = await bench.delivered(desk, run)
    assert (again.state, again.result) == (State.SUCCEEDED, run.result)
    assert await bench.document(made) == before
    assert [upgrade.key for upgrade in await bench.upgrades()] == [f"{run.id}.1"]


async def test_an_upgrade_replaces_the_analysis_that_was_made_without_the_model(bench: Bench) -> None:
    made = await bench.keep()
    await given_up(bench, made)
    bench.ai.order()
    [upgrade] = await bench.upgrades()

    upgraded = await bench.delivered(bench.desk(), upgrade)
    assert result(upgraded) == {
        "status": "analysed",
        "degraded": False,
        "parts": 1,
        "model": "openai/local-model",
        "whole": True,
    }
    document = await bench.document(made)
    assert (document.status, (document.analysis or {})["run"]) == (Status.ANALYSED, upgrade.id)
    assert len(await bench.upgrades()) == 1


async def test_an_upgrade_that_does_not_reach_the_model_changes_nothing_and_is_followed_by_the_next(
    bench: Bench,
) -> None:
    made = await bench.keep()
    first = await given_up(bench, made)
    before = await bench.document(made)
    [upgrade] = await bench.upgrades()
    run = await bench.delivered(bench.desk(), upgrade)
    assert run.state is State.RETRYING
    run = await bench.delivered(bench.desk(), run, later=PATIENCE)

    assert result(run) == degraded("dependency_down", 4 * HOUR)
    assert await bench.document(made) == before
    [_, following] = await bench.upgrades()
    assert following.key == f"{first.id}.2"
    assert following.not_before - following.created == 4 * HOUR * 1000


async def test_after_a_week_of_upgrades_it_stays_as_it_is(bench: Bench) -> None:
    made = await bench.keep()
    await given_up(bench, made)
    run = await given_up(bench, made, upgrade=len(UPGRADES))
    assert result(run) == degraded("dependency_down", None)
    assert len(await bench.upgrades()) == 2  # the first one, which waits, and this one


@pytest.mark.parametrize("state", ["deleted", "never analysed", "unreadable", "upgraded"])
async def test_an_upgrade_has_nothing_to_do_where_there_is_nothing_degraded(bench: Bench, state: str) -> None:
    made = await bench.keep(**({"status": "unreadable"} if state == "unreadable" else {}))
    if state == "deleted":
        await records.delete(bench.database, made, owner=bench.owner, indexing=unindexed)
    if state == "upgraded":
        await bench.analysed(made)
    before, asked = await bench.document(made), len(bench.ai.calls())

    run = await bench.analysed(made, upgrade=1)
    said = {"deleted": "gone", "never analysed": "stored", "upgraded": "analysed"}
    assert (run.state, result(run)["status"]) == (State.SUCCEEDED, said.get(state, state))
    assert (await bench.document(made), len(bench.ai.calls())) == (before, asked)


async def test_a_document_that_is_deleted_during_its_upgrade_fails_nothing(bench: Bench) -> None:
    made = await bench.keep()
    await given_up(bench, made)
    bench.ai.order()
    [upgrade] = await bench.upgrades()

    async def meanwhile() -> None:
        await records.delete(bench.database, made, owner=bench.owner, indexing=unindexed)

    bench.provider.first = meanwhile
    run = await bench.delivered(bench.desk(), upgrade)
    assert (run.state, result(run)) == (State.SUCCEEDED, {"status": "gone"})


async def test_asking_again_tries_the_model_at_once(bench: Bench) -> None:
    """And shows the analysis that is there for as long as there is no better one."""
    made = await bench.keep()
    await given_up(bench, made)
    bench.ai.order()
    seen = []

    async def meanwhile() -> None:
        seen.append((await bench.document(made)).status)

    bench.provider.first = meanwhile
    assert result(await bench.analysed(made))["degraded"] is False
    assert seen == [Status.ANALYSED]


async def test_asking_again_and_again_in_vain_leaves_one_chain_of_upgrades(bench: Bench) -> None:
    made = await bench.keep()
    first, second = await given_up(bench, made), await given_up(bench, made)
    assert [run.key for run in await bench.upgrades()] == [f"{first.id}.1", f"{second.id}.1"]
    for run in await bench.upgrades():
        await bench.delivered(bench.desk(), await bench.delivered(bench.desk(), run), later=PATIENCE)
    assert [run.key for run in await bench.upgrades()][2:] == [f"{second.id}.2"]


async def test_what_the_model_will_never_take_is_analysed_without_it_for_good(bench: Bench) -> None:
    bench.ai.order(always={"output": "filtered"})
    run = await bench.analysed(await bench.keep())
    assert result(run) == degraded("ai_refused", None)
    assert await bench.upgrades() == []


async def test_a_call_that_is_refused_may_be_mended_by_a_deploy(bench: Bench) -> None:
    bench.ai.order(always={"status": 400})
    assert result(await bench.analysed(await bench.keep())) == degraded("ai_call_refused", HOUR)


async def test_a_model_that_does_not_keep_to_the_shape_is_asked_at_three_deliveries(bench: Bench) -> None:
    """Not for as long as patience lasts: each costs the owner two calls."""
    made, desk = await bench.keep(), bench.desk()
    bench.ai.order(always={"output": "not_json"})
    run = await bench.begun(desk, made)
    for _ in range(2):
        run = await bench.delivered(desk, run)
        assert run.state is State.RETRYING
    assert result(await bench.delivered(desk, run)) == degraded("ai_unfit", HOUR)
    assert len(bench.ai.calls()) == 6


async def test_redis_away_is_as_the_model_away(bench: Bench) -> None:
    """Without it nobody counts the tokens, so that nothing is asked."""
    nowhere = RedisSettings(
        stage="local", upstash_redis_rest_url="http://127.0.0.1:1", upstash_redis_rest_token=SecretStr("none")
    )
    async with Redis(nowhere, LocalBreaker("redis", lambda: 0.0)) as away:
        desk = bench.desk(model=model_of(bench.provider, away))
        run = await bench.delivered(desk, await bench.begun(desk, await bench.keep()))
        assert run.state is State.RETRYING
        run = await bench.delivered(desk, run, later=PATIENCE)
    assert result(run)["degraded"]
    assert bench.ai.calls() == []


async def test_an_analysis_without_the_model_never_replaces_one_with_it(bench: Bench) -> None:
    """Another run reaches the model while this one gives up."""
    made, desk = await bench.keep(), bench.desk()
    bench.ai.order(always=DOWN)
    late = await bench.delivered(desk, await bench.begun(desk, made))
    full = record(Outcome(analysis=analyse("Another's."), parts=3, model="m", whole=True), late) | {"run": "another"}

    async def meanwhile() -> None:
        await store(bench.context(late), made, full)

    bench.provider.first = meanwhile
    late = await bench.delivered(desk, late, later=PATIENCE)
    assert result(late) == {"status": "analysed", "degraded": False, "parts": 3, "model": "m", "whole": True}
    assert (await bench.document(made)).analysis == full
    assert await bench.upgrades() == []


async def test_the_last_full_analysis_stays(bench: Bench) -> None:
    made, desk = await bench.keep(), bench.desk()
    another = await bench.analysed(await bench.keep("Another's."))
    run = await bench.begun(desk, made)

    async def meanwhile() -> None:
        full = Outcome(analysis=analyse("Another's."), parts=3, model="m", whole=True)
        await store(bench.context(another), made, record(full, another))

    bench.provider.first = meanwhile
    await bench.delivered(desk, run)
    assert ((await bench.document(made)).analysis or {})["run"] == run.id


async def test_an_open_breaker_is_waited_for_as_long_as_one_is_patient(bench: Bench) -> None:
    """It costs no try, so that tries alone would never end."""
    breaker = LocalBreaker("ai", lambda: 0.0, failures=1)
    desk = bench.desk(model=model_of(bench.provider, bench.redis, breaker=breaker))
    bench.ai.order(always={"status": 500})
    run = await bench.delivered(desk, await bench.begun(desk, await bench.keep()))
    asked = len(bench.ai.calls())
    for later in (60.0, 60.0):
        run = await bench.delivered(desk, run, later=later)
        assert (run.state, run.tries) == (State.RETRYING, 0)
    run = await bench.delivered(desk, run, later=PATIENCE)
    assert result(run) == degraded("breaker_open", HOUR)
    assert len(bench.ai.calls()) == asked
