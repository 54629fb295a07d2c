"""Each delivery is one structured line, whatever came of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.context import Continue, JobContext
from shared.errors import PermanentError, RetryableError
from shared.message import Message
from shared.runs.model import State
from tests.integration.handler.door import CANARY, Door, Say, event_for
from tests.support.desk import signed_event


def raising(error: BaseException) -> Any:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise error

    return work


def returning(value: Any) -> Any:
    async def work(_: Say, __: JobContext[None]) -> Any:
        return value

    return work


def test_a_success_says_who_what_and_how_long(door: Door) -> None:
    run = door.accept()

    answer = door.deliver(run, message_id="msg_abc")

    said = door.said()
    assert len(said.lines) == 1
    told = said.line
    assert {name: told[name] for name in ("run", "job", "attempt", "leg", "epoch", "message_id", "outcome")} == {
        "run": run.id,
        "job": door.contract.name,
        "attempt": 1,
        "leg": 0,
        "epoch": 0,
        "message_id": "msg_abc",
        "outcome": "succeeded",
    }
    assert (told["status"], told["cold_start"], told["level"]) == (200, True, "INFO")
    assert 0 < told["duration"] < 25_000
    assert 0 <= told["queue_lag"] < 25_000
    assert "reason" not in told
    assert (answer["statusCode"], answer["body"]) == (200, '{"outcome": "succeeded"}')
    assert datetime.strptime(told["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z").tzinfo == UTC


def test_only_a_process_first_delivery_is_a_cold_start(door: Door) -> None:
    run = door.accept()
    for _ in range(3):
        door.deliver(run)

    lines = door.said().lines

    assert [line["cold_start"] for line in lines] == [True, False, False]
    assert [line["outcome"] for line in lines] == ["succeeded", "done", "done"]
    assert [line.get("queue_lag") is None for line in lines] == [False, True, True]


@pytest.mark.parametrize(
    ("behave", "status", "outcome", "reason"),
    [
        (raising(RetryableError("not now", retry_after=7)), 503, "retrying", "not now"),
        (raising(PermanentError("no such thing")), 489, "failed", "no such thing"),
        (returning(Continue(3)), 200, "continued", None),
        (returning({"a": 1}), 200, "succeeded", None),
    ],
)
def test_what_a_job_says_of_itself_is_its_lines_reason(
    door: Door, behave: Any, status: int, outcome: str, reason: str | None
) -> None:
    door.behave = behave
    run = door.accept()

    answer = door.deliver(run)

    told = door.said().line
    assert (answer["statusCode"], told["status"], told["outcome"]) == (status, status, outcome)
    assert told.get("reason") == reason
    assert told["run"] == run.id


@pytest.mark.parametrize("fault", [ValueError(CANARY), KeyError(CANARY), RuntimeError()])
def test_of_a_fault_its_kind_and_place_are_told_and_not_its_text(door: Door, fault: Exception) -> None:
    door.behave = raising(fault)

    door.deliver(door.accept())

    told = door.said().line
    assert told["reason"].startswith(f"{type(fault).__name__} at handler/test_the_line.py:")


def test_a_result_that_is_no_json_is_a_fault_of_the_job(door: Door) -> None:
    """Settled as one, so that the run does not stay locked until its lease is over."""
    door.behave = returning({CANARY})
    run = door.accept()

    assert door.deliver(run)["statusCode"] == 503

    assert door.said().line["reason"].startswith("TypeError at ")
    assert door.read(run.id).state is State.RETRYING


@pytest.mark.parametrize(
    ("change", "status", "outcome"),
    [
        ({"run": "nobody"}, 503, "unknown"),
        ({"epoch": 4}, 503, "ahead"),
        ({"leg": 1}, 503, "ahead"),
    ],
)
def test_a_delivery_that_runs_nothing_still_names_the_run_that_it_is_for(
    door: Door, change: dict[str, Any], status: int, outcome: str
) -> None:
    run = door.accept()
    asked: dict[str, Any] = {"run": run.id, "job": run.job, "leg": 0, "epoch": 0} | change

    answer = door.knock(signed_event(Message(**asked).encode()))

    told = door.said().line
    assert (answer["statusCode"], told["outcome"], told["run"]) == (status, outcome, asked["run"])
    assert door.read(run.id).state is State.QUEUED


def test_a_body_that_is_no_message_is_told_with_its_message_id(door: Door) -> None:
    answer = door.knock(signed_event(f'{{"{CANARY}'.encode(), message_id="msg_bad"))

    told = door.said().line
    assert (answer["statusCode"], told["outcome"], told["reason"]) == (489, "malformed", "the body is not JSON")
    assert told["message_id"] == "msg_bad"


def test_a_delivery_of_a_failed_run_is_told_apart_from_its_failure(door: Door) -> None:
    door.behave = raising(PermanentError("no"))
    run = door.accept()

    assert [door.deliver(run)["statusCode"] for _ in range(2)] == [489, 489]

    assert [line["outcome"] for line in door.said().lines] == ["failed", "failed_before"]


def test_a_fault_outside_of_the_job_is_an_answer_and_a_line_without_its_text(door: Door) -> None:
    """AWS would print the exception's text, and keep it in the trace."""

    def broken(_: object) -> None:
        raise RuntimeError(CANARY)

    door.services = broken
    run = door.accept()

    answer = door.deliver(run)

    said = door.said()
    assert (answer["statusCode"], answer["body"]) == (500, '{"outcome": "crashed"}')
    assert (said.line["level"], said.line["run"], said.line["attempt"]) == ("ERROR", run.id, 1)
    assert said.line["reason"].startswith("RuntimeError at handler/test_the_line.py:")
    assert CANARY not in said.raw


def test_a_missing_setting_is_named_at_each_delivery(unreached: Door, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("QSTASH_NEXT_SIGNING_KEY")

    answer = unreached.knock(signed_event(b"{}"))

    told = unreached.said().line
    assert (answer["statusCode"], told["outcome"]) == (500, "crashed")
    assert told["reason"] == "configuration: QSTASH_NEXT_SIGNING_KEY: Field required"


def test_a_job_that_awaited_something_cancelled_is_retried_and_its_process_lives(door: Door) -> None:
    """CancelledError is no Exception: it would end AWS's runtime client, and this process with it."""

    async def work(_: Say, __: JobContext[None]) -> None:
        import asyncio

        raise asyncio.CancelledError

    door.behave = work
    run = door.accept()

    assert door.deliver(run)["statusCode"] == 503

    assert door.said().line["reason"].startswith("CancelledError at ")
    assert door.read(run.id).state is State.RETRYING


def test_the_time_that_aws_leaves_is_the_works_deadline(door: Door) -> None:
    seen: list[float] = []

    async def work(_: Say, context: JobContext[None]) -> None:
        seen.append(context.remaining())

    door.behave = work
    door.knock(event_for(door.accept()), seconds=9)

    assert 3 < seen[0] <= 4
