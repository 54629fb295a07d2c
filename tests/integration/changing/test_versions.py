"""Which version of a payload or a cursor meets which code, one delivery at a time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from functions.api.run_view import view
from functions.record_failure.callback import Callback
from functions.record_failure.reconcile import Outcome, reconcile
from shared.context import Continue, JobContext
from shared.contract import Backoff, Contract, Payload
from shared.database import Database
from shared.message import Message
from shared.runs.editing import edited
from shared.runs.masking import MASK
from shared.runs.model import State
from shared.runs.revive import replay
from tests.integration.changing.jobs.one.contract import CONTRACT as ONE
from tests.integration.changing.jobs.one.contract import Greet
from tests.integration.changing.jobs.two.contract import CONTRACT as TWO
from tests.integration.changing.jobs.two.contract import Greet as GreetByBoth
from tests.support.desk import Desk

OLD: Final = Greet(name="Ada van Dam", way="at once")
NEW: Final = GreetByBoth(given="Ada", family="van Dam", way="at once")
BETWEEN: Final = replace(TWO, writes=1)

Deploy = Callable[[Contract[Any]], Desk]


@pytest.fixture
def seen() -> list[Any]:
    """What the work was given: payload and cursor."""
    return []


@pytest.fixture
def deploy(database: Database, seen: list[Any]) -> Deploy:
    """The job's code in one version, on the store that all share. It takes two legs."""

    def deployed(contract: Contract[Any]) -> Desk:
        async def work(payload: Payload, context: JobContext[None]) -> Continue | None:
            seen.append((payload, context.cursor))
            if context.run.leg:
                return None
            return Continue({"legs": 1} if contract.version == 2 else 1)

        return Desk(database, contract, work)

    return deployed


async def test_older_code_leaves_a_newer_payload_alone(deploy: Deploy, seen: list[Any]) -> None:
    """No try, no attempt, no lease: nothing shows that it was there, and QStash comes again by the job's own waits."""
    run = (await deploy(TWO).enqueue(NEW)).run
    before = await deploy(ONE).read(run.id)
    handled = await deploy(ONE).deliver(run)
    assert (handled.answer.status, handled.answer.outcome) == (503, "newer")
    assert handled.answer.headers["Retry-After"] == "2"
    assert await deploy(ONE).read(run.id) == before
    assert seen == []


@pytest.mark.parametrize(("retried", "first", "last"), [(2, 100, 110), (99_999, 1800, 1980)])
async def test_its_waits_grow_as_the_jobs_own_do(deploy: Deploy, retried: int, first: int, last: int) -> None:
    """However often QStash has come."""
    run = (await deploy(TWO).enqueue(NEW)).run
    slower = deploy(replace(ONE, backoff=Backoff(first=4, factor=5.0, cap=1800), tries=6))
    body = Message(run.id, run.job, run.leg, run.epoch).encode()
    handled = await slower.deliver_body(body, retried=retried)
    assert first <= int(handled.answer.headers["Retry-After"]) <= last


async def test_older_code_leaves_a_newer_cursor_alone(deploy: Deploy, seen: list[Any]) -> None:
    """The payload is of the first version, its leg was done by the second."""
    run = (await deploy(ONE).enqueue(OLD)).run
    await deploy(TWO).deliver(run)
    assert (await deploy(ONE).deliver(await deploy(ONE).read(run.id))).answer.outcome == "newer"
    await deploy(TWO).deliver(await deploy(TWO).read(run.id))
    assert seen == [(NEW, None), (NEW, {"legs": 1})]


async def test_an_edit_forgets_a_newer_cursor_with_its_version(
    deploy: Deploy, database: Database, seen: list[Any]
) -> None:
    """Older code may begin it anew: nothing of it is newer any more."""
    run = (await deploy(ONE).enqueue(OLD)).run
    await deploy(TWO).deliver(run)
    await deploy(TWO).change(run.id, state="failed")
    run = await deploy(ONE).read(run.id)
    edit = edited(run, replace(ONE, editable=frozenset({"name"})), {"name": "Grace Hopper"})
    again = await replay(database, run, by="ada", max_age=60_000, edit=edit)
    assert again
    await deploy(ONE).deliver(again, leg=again.leg, epoch=again.epoch)
    assert seen[-1] == (Greet(name="Grace Hopper", way="at once"), None)


async def test_newer_code_lifts_an_older_cursor(deploy: Deploy, seen: list[Any]) -> None:
    run = (await deploy(ONE).enqueue(OLD)).run
    await deploy(ONE).deliver(run)
    await deploy(TWO).deliver(await deploy(TWO).read(run.id))
    assert seen == [(OLD, None), (NEW, {"legs": 1})]
    assert (await deploy(TWO).read(run.id)).state is State.SUCCEEDED


async def test_code_that_still_writes_the_older_version_is_read_by_older_code(deploy: Deploy, seen: list[Any]) -> None:
    run = (await deploy(BETWEEN).enqueue(NEW)).run
    await deploy(BETWEEN).deliver(run)
    await deploy(ONE).deliver(await deploy(ONE).read(run.id))
    assert seen == [(NEW, None), (OLD, 1)]


@pytest.mark.parametrize(
    "change",
    [{"tries": 3}, {"ends_by": 1}, {"cancel": {"by": "ada", "at": 1}}],
    ids=["exhausted", "expired", "cancelled"],
)
async def test_older_code_does_not_end_a_run_whose_effect_it_could_not_recognise(
    deploy: Deploy, change: dict[str, Any]
) -> None:
    run = (await deploy(TWO).enqueue(NEW)).run
    await deploy(ONE).change(run.id, **change)
    assert (await deploy(ONE).deliver(run)).answer.outcome == "newer"
    assert (await deploy(ONE).read(run.id)).state is State.QUEUED


async def test_a_run_that_has_ended_is_done_whoever_is_asked(deploy: Deploy) -> None:
    run = (await deploy(TWO).enqueue(NEW)).run
    await deploy(ONE).change(run.id, state="succeeded")
    assert (await deploy(ONE).deliver(run)).answer.status == 200


async def test_older_code_shows_nothing_of_a_newer_payload(deploy: Deploy) -> None:
    """It can't know which fields are to be kept to itself."""
    run = (await deploy(TWO).enqueue(NEW)).run
    assert (view(run, ONE).payload, view(run, TWO).payload) == (MASK, NEW.model_dump())


async def test_an_older_failure_callback_starts_a_newer_run_over(deploy: Deploy, database: Database) -> None:
    """QStash has given it up after so many 503s: that fails no run."""
    run = (await deploy(TWO).enqueue(NEW)).run
    callback = Callback(Message(run.id, run.job, run.leg, run.epoch), "m", "d", 503, 5)
    assert await reconcile(database, callback, {"greet": ONE}, alert=None) is Outcome.REVIVED
    assert (await deploy(ONE).read(run.id)).state is State.PENDING


async def test_an_older_failure_callback_does_not_judge_the_budget_of_newer_code(
    deploy: Deploy, database: Database
) -> None:
    run = (await deploy(TWO).enqueue(NEW)).run
    await deploy(ONE).change(run.id, tries=ONE.tries)
    callback = Callback(Message(run.id, run.job, run.leg, run.epoch), "m", "d", 503, 5)
    assert await reconcile(database, callback, {"greet": ONE}, alert=None) is Outcome.REVIVED
    await deploy(ONE).change(run.id, state="queued", epoch=run.epoch)
    assert await reconcile(database, callback, {"greet": TWO}, alert=None) is Outcome.EXHAUSTED


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (b'{"name":"Ada van Dam","way":"at once"}', 1),
        (b'{"given":"Ada","family":"van Dam","way":"at once"}', 2),
    ],
    ids=["a schedule of before the deploy", "one of after it"],
)
async def test_a_body_that_does_not_say_its_version_is_taken_as_the_newest_that_it_can_be(
    deploy: Deploy, seen: list[Any], body: bytes, version: int
) -> None:
    desk = deploy(replace(TWO, accepts_plain=True))
    await desk.deliver_body(body)
    assert seen == [(NEW, None)]
    assert (await desk.read("greet:msg_1")).version == version


async def test_a_message_of_a_newer_version_comes_again(deploy: Deploy, database: Database) -> None:
    handled = await deploy(ONE).deliver_body(b'{"v":2,"run":"r","shape":"unheard of"}')
    assert (handled.answer.status, handled.answer.headers["Retry-After"]) == (503, "30")
    assert await database.rejections.count_documents({}) == 0
