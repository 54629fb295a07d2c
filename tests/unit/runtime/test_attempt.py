"""Whatever a job's function does becomes one outcome: each row of the table in shared/work.py."""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from shared.clock import World
from shared.context import Continue, JobContext
from shared.contract import Backoff, Contract, Payload
from shared.errors import DependencyDown, PermanentError, RetryableError, UncertainEffect
from shared.runs.model import Run, State
from shared.runs.settle import Continued, Failed, Outcome, Retrying, Succeeded
from shared.threads import Threads
from shared.work import attempt

CANARY = "CANARY-7f3a"


class Say(Payload):
    text: str

    @field_validator("text")
    @classmethod
    def _no_shouting(cls, text: str) -> str:
        if text.endswith("!"):
            raise ValueError(f"{text} is too loud")
        return text


class Said(BaseModel):
    letters: int


class AtTheLeast(Random):
    def random(self) -> float:
        return 0.0


CONTRACT = Contract(name="say", payload=Say, timeout=30, deadline=20, tries=3, backoff=Backoff(10, 5, 1800))
RUN = Run(
    id="r",
    job="say",
    version=1,
    owner="o",
    state=State.RUNNING,
    payload='{"text":"hi"}',
    leg=0,
    epoch=0,
    tries=1,
    fence=1,
    created=0,
    not_before=0,
    ends_by=0,
)


async def tried(work: Any, *, run: Run = RUN, contract: Contract[Any] = CONTRACT, seconds: float = 20) -> Outcome:
    world = World(random=AtTheLeast())
    context: JobContext[None] = JobContext(
        run=run,
        cursor=None,
        services=None,
        ends_at=world.monotonic() + seconds,
        world=world,
        threads=Threads(),
        log=logging.getLogger("attempt"),
    )
    return await attempt(work, contract, context)


def returns(value: Any) -> Any:
    async def work(_: Say, __: JobContext[None]) -> Any:
        return value

    return work


def raises(error: BaseException) -> Any:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("value", "result"),
    [(None, None), ({"a": "ü"}, '{"a":"ü"}'), (Said(letters=2), '{"letters":2}'), (0, "0"), (2**70, str(2**70))],
)
async def test_a_value_is_a_success_and_its_result_json(value: object, result: str | None) -> None:
    assert await tried(returns(value)) == Succeeded(result)


async def test_continue_goes_on_at_its_cursor() -> None:
    assert await tried(returns(Continue({"page": 2}))) == Continued('{"page":2}')


@pytest.mark.parametrize("after", [-1.0, math.nan, math.inf, 1e300])
async def test_a_wait_that_is_none_is_a_fault_where_it_is_said(after: float) -> None:
    async def work(_: Say, __: JobContext[None]) -> Continue:
        return Continue(None, after)

    assert isinstance(await tried(work), Retrying)
    assert await tried(returns(Continue(None, 2.5))) == Continued("null", wait=2.5)


@pytest.mark.parametrize("error", [PermanentError("no"), UncertainEffect("no")])
async def test_a_permanent_error_fails_at_once_with_its_reason(error: PermanentError) -> None:
    assert await tried(raises(error)) == Failed("no", {"code": error.code, "message": "no"})


async def test_a_very_long_reason_is_cut() -> None:
    outcome = await tried(raises(PermanentError("x" * 9000)))
    assert isinstance(outcome, Failed)
    assert (len(outcome.reason), len(outcome.error["message"])) == (200, 500)


@pytest.mark.parametrize(
    ("error", "wait"),
    [(RetryableError("later"), 10), (RetryableError("later", retry_after=7), 7), (DependencyDown("x", "y"), 10)],
)
async def test_a_retryable_error_waits_as_it_asks_or_as_the_contract_says(error: RetryableError, wait: float) -> None:
    assert await tried(raises(error)) == Retrying(wait, {"code": error.code, "message": error.message})


@pytest.mark.parametrize(("tries", "wait"), [(1, 10), (2, 50)])
async def test_the_contracts_waits_grow_with_the_tries(tries: int, wait: float) -> None:
    outcome = await tried(raises(RetryableError("later")), run=replace(RUN, tries=tries))
    assert isinstance(outcome, Retrying)
    assert outcome.wait == wait


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RetryableError("later"), "later"),
        (ValueError(CANARY), "ValueError at runtime/test_attempt.py:"),
    ],
)
async def test_the_last_try_fails(error: Exception, message: str) -> None:
    outcome = await tried(raises(error), run=replace(RUN, tries=3))
    assert isinstance(outcome, Failed)
    assert outcome.reason == "all 3 tries are used up"
    assert outcome.error["message"].startswith(message)


async def test_a_cron_has_no_last_try() -> None:
    outcome = await tried(raises(RetryableError("later")), run=replace(RUN, tries=9), contract=_cron())
    assert isinstance(outcome, Retrying)


def _cron() -> Contract[Say]:
    return replace(CONTRACT, singleton=True)


async def test_past_the_deadline_the_work_is_cancelled_and_tried_again() -> None:
    cancelled = []

    async def work(_: Say, __: JobContext[None]) -> None:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    outcome = await tried(work, seconds=0.01)

    assert isinstance(outcome, Retrying)
    assert outcome.error == {"code": "deadline_reached", "message": "not done within 20 s"}
    assert cancelled == [True]


async def test_a_fault_while_it_was_being_stopped_is_still_the_deadline() -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            raise ValueError(CANARY) from None

    outcome = await tried(work, seconds=0.01)
    assert isinstance(outcome, Retrying)
    assert outcome.error["code"] == "deadline_reached"


async def test_a_timeout_of_the_jobs_own_is_its_fault_and_not_the_deadline() -> None:
    outcome = await tried(raises(TimeoutError(CANARY)))
    assert isinstance(outcome, Retrying)
    assert outcome.error["code"] == "fault"
    assert outcome.error["message"].startswith("TimeoutError at ")


@pytest.mark.parametrize(
    "work",
    [
        raises(ValueError(CANARY)),
        raises(asyncio.CancelledError(CANARY)),
        returns({CANARY}),
        returns(f"{CANARY}\ud800"),
        returns(Continue({CANARY})),
    ],
    ids=["raises", "awaits something cancelled", "result no JSON", "result no UTF-8", "cursor no JSON"],
)
async def test_a_fault_is_retried_and_its_text_is_told_to_nobody(work: Any, caplog: pytest.LogCaptureFixture) -> None:
    outcome = await tried(work)

    assert isinstance(outcome, Retrying)
    assert outcome.error["code"] == "fault"
    assert outcome.wait == 10
    assert CANARY not in str(outcome)
    assert "the job raised" in caplog.text
    assert CANARY not in caplog.text + str([vars(record) for record in caplog.records])


async def test_a_cancellation_from_outside_is_passed_on() -> None:
    """The heartbeat's: it wants to know that the work has stopped."""
    working = asyncio.create_task(_asleep())
    await asyncio.sleep(0.01)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def _asleep() -> Outcome:
    async def work(_: Say, __: JobContext[None]) -> None:
        await asyncio.sleep(20)

    return await tried(work)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("{}", "payload: text: Field required"),
        (f'{{"text":"{CANARY}!"}}', "payload: text: Value is not valid"),
        (f'{{"text":"hi","{CANARY}":1}}', "payload: body: A field that it does not have"),
        (f'{{"text":["{CANARY}"]}}', "payload: text: Input should be a valid string"),
    ],
)
async def test_a_payload_that_is_not_the_contracts_fails_and_is_not_quoted(payload: str, reason: str) -> None:
    outcome = await tried(returns(None), run=replace(RUN, payload=payload))
    assert outcome == Failed(reason, {"code": "malformed_message", "message": reason})


def _lifting(upcast: Callable[[int, dict[str, Any]], dict[str, Any]] | None) -> Contract[Say]:
    return replace(CONTRACT, version=3, upcast=upcast)


async def test_an_older_payload_is_lifted_first() -> None:
    async def work(payload: Say, _: JobContext[None]) -> str:
        return payload.text

    contract = _lifting(lambda version, old: {"text": f"{old['say']} from {version}"})
    assert await tried(work, run=replace(RUN, version=2, payload='{"say":"hi"}'), contract=contract) == Succeeded(
        '"hi from 2"'
    )


async def test_an_older_payload_that_nothing_lifts_fails() -> None:
    outcome = await tried(returns(None), contract=_lifting(None))
    assert isinstance(outcome, Failed)
    assert outcome.reason == "nothing lifts a payload of version 1"


async def test_a_lift_that_stumbles_is_a_fault_to_be_mended() -> None:
    outcome = await tried(returns(None), contract=_lifting(lambda _, old: old["gone"]))
    assert isinstance(outcome, Retrying)


async def test_a_newer_payload_waits_for_the_newer_code() -> None:
    """A deploy is under way: the other version's sandboxes are coming."""
    outcome = await tried(returns(None), run=replace(RUN, version=2))
    assert isinstance(outcome, Retrying)
    assert outcome.error["message"] == "payload version 2 is newer than this code's 1"
