"""Long work goes on where it has come to, waits for others without losing a try, and is done once."""

import json
from datetime import timedelta

import pytest

from functions.erase_user.contract import CONTRACT, EraseUser
from functions.erase_user.places import documents, place, runs
from shared.errors import DependencyDown
from shared.runs.model import State
from tests.integration.erase_user.belongings import person, run_in, settled
from tests.integration.erase_user.bench import Bench
from tests.support.documents import keep

SHORT = 60.0
"""Seconds of a delivery in which there is time for one page."""


async def test_a_page_a_leg_comes_to_the_same_end_and_counts_everything_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (place, documents, runs):
        monkeypatch.setattr(module, "PAGE", 3)
    ada = await person(bench, "ada")
    for number in range(7):
        await keep(bench.database, f"mill-{number}", owner=ada.id)
        await run_in(bench, ada, State.SUCCEEDED)
    removed = await bench.erase(run := await bench.close(ada.id), remaining=SHORT)
    assert removed == {"documents": 7, "runs": 8}  # the mail's of the sign-in, too
    assert (await bench.desk.read(run.id)).leg >= 3
    assert await bench.database.users.find_one({"_id": ada.id}) is None


async def test_it_waits_for_the_index_longer_and_longer_and_loses_no_try(bench: Bench) -> None:
    ada = await person(bench, "ada")
    await keep(bench.database, "mill", owner=ada.id)
    run = await bench.close(ada.id)
    waits = []
    for _ in range(4):
        await bench.leg(run)
        now = await bench.desk.read(run.id)
        waits.append((now.not_before - now.attempts[-1]["ended"]) / 1000)
        assert (now.state, now.tries) == (State.QUEUED, 0)
    assert waits == [2, 4, 8, 16]
    cursor = json.loads((await bench.desk.read(run.id)).cursor or "")
    assert cursor == {"removed": {"runs": 1}, "waits": 3}
    assert await bench.database.documents.find_one({"_id": "mill"}) is not None

    await bench.search.turn()
    await bench.erase(run)
    assert await bench.database.documents.find_one({"_id": "mill"}) is None


async def test_the_run_that_indexes_is_handed_over_with_the_leg_that_hid_the_documents(bench: Bench) -> None:
    ada = await person(bench, "ada")
    await keep(bench.database, "mill", owner=ada.id)
    desk = bench.desk
    run = await bench.close(ada.id)
    await desk.change(run.id, not_before=0)
    await desk.deliver(await desk.read(run.id), remaining=290)
    assert {message.job for message in desk.publisher.published} == {"sync_search", "erase_user"}


async def test_a_service_that_is_away_costs_a_try_and_the_next_goes_on(bench: Bench) -> None:
    ada = await settled(bench, "ada")
    run = await bench.close(ada.id)

    async def away(_: str) -> None:
        raise DependencyDown("somebody", "away")

    bench.change(take_back=away)  # which nothing waits for
    forget = bench.services.forget_answers
    bench.change(forget_answers=away)
    handled = await bench.leg(run)
    assert (handled.answer.status, handled.answer.outcome) == (503, "retrying")
    bench.change(forget_answers=forget)
    await bench.erase(run)
    assert await bench.left(ada) == []


def test_no_outage_of_a_week_fails_it() -> None:
    """What was promised to a person is kept without anybody's doing."""
    assert CONTRACT.span > timedelta(days=7)
    assert CONTRACT.backoff.cap <= timedelta(hours=6).total_seconds()


async def test_nobody_whose_door_is_open_is_erased(bench: Bench) -> None:
    ada = await settled(bench, "ada")
    before = await bench.traces(ada)
    desk = bench.desk
    accepted = await desk.enqueue(EraseUser(user=ada.id))
    await desk.deliver(accepted.run, remaining=290)
    assert (await desk.read(accepted.run.id)).state is State.FAILED
    assert [place for place in await bench.traces(ada) if place != f"runs/{accepted.run.id}"] == before
