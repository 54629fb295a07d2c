"""Metrics are CloudWatch's embedded metric format, one line a delivery, by job.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import threading
import time
from typing import Any

import pytest

from shared.context import JobContext
from shared.errors import PermanentError, RetryableError
from tests.integration.handler.door import Door, Said, Say
from tests.support.desk import signed_event

UNITS = {
    "Succeeded": "Count",
    "Failed": "Count",
    "Duplicate": "Count",
    "Retried": "Count",
    "Rejected": "Count",
    "Duration": "Milliseconds",
    "QueueLag": "Milliseconds",
}


def counted(said: Said, dimensions: tuple[str, ...] = ("stage", "job")) -> dict[str, float]:
    """The values of the one EMF line with these dimensions, which must be all that the format asks for."""
    (line,) = [
        dict(one) for one in said.metrics if one["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[*dimensions]]
    ]
    aws = line.pop("_aws")
    assert abs(aws["Timestamp"] / 1000 - time.time()) < 60
    (directive,) = aws["CloudWatchMetrics"]
    assert directive["Namespace"] == "Millrace"
    assert all(isinstance(line.pop(dimension), str) for dimension in dimensions)
    assert {one["Name"]: one["Unit"] for one in directive["Metrics"]} == {name: UNITS[name] for name in line}
    assert all(isinstance(value, float) for (value,) in line.values())
    return {name: value for name, (value,) in line.items()}


async def not_now(_: Say, __: JobContext[None]) -> None:
    raise RetryableError("not now", retry_after=0)


async def never(_: Say, __: JobContext[None]) -> None:
    raise PermanentError("never")


@pytest.mark.parametrize(("behave", "metric"), [(None, "Succeeded"), (not_now, "Retried"), (never, "Failed")])
def test_an_attempt_counts_one_its_duration_and_how_long_it_had_waited(door: Door, behave: Any, metric: str) -> None:
    door.behave = behave or door.behave

    door.deliver(door.accept())

    said = door.said()
    values = counted(said)
    assert values.keys() == {metric, "Duration", "QueueLag"}
    assert values[metric] == 1
    assert (values["Duration"], values["QueueLag"]) == (said.line["duration"], said.line["queue_lag"])


def test_metrics_are_those_of_the_job_in_its_stage_and_of_nothing_else(door: Door) -> None:
    door.deliver(door.accept())

    (line,) = door.said().metrics
    assert (line["stage"], line["job"]) == ("prod", door.contract.name)


def test_a_failure_is_counted_for_the_stage_too(door: Door) -> None:
    """So that one alarm sees all jobs."""
    door.behave = never
    door.deliver(door.accept())

    assert counted(door.said(), ("stage",)) == {"Failed": 1}


def test_a_message_that_is_signed_and_not_understood_is_counted_as_rejected(door: Door) -> None:
    door.knock(signed_event(b"[1]"))

    said = door.said()
    assert counted(said).keys() == {"Rejected", "Duration"}
    assert counted(said, ("stage",)) == {"Rejected": 1}


@pytest.mark.parametrize("behave", [None, never])
def test_a_delivery_of_a_run_that_has_ended_is_a_duplicate(door: Door, behave: Any) -> None:
    """Of a failed one too: a failure is counted once, however often QStash's dead letters are sent again."""
    door.behave = behave or door.behave
    run = door.accept()
    door.deliver(run)
    door.said()

    door.deliver(run)

    assert counted(door.said()).keys() == {"Duplicate", "Duration"}


def test_the_last_try_counts_as_a_failure(door: Door) -> None:
    door.behave = not_now
    run = door.accept()
    counts = []
    for _ in range(3):
        door.due(run)
        door.deliver(run)
        counts.append(counted(door.said()).keys() - {"Duration", "QueueLag"})

    assert counts == [{"Retried"}, {"Retried"}, {"Failed"}]


def test_a_refused_caller_counts_nothing_but_a_duration(door: Door) -> None:
    """Who is not proven must not be able to raise an alarm on a job's failures."""
    door.knock(signed_event(b"{}", key="another-key-that-is-long-enough-for-a-mac"))

    assert counted(door.said()).keys() == {"Duration"}


def test_a_run_that_its_own_thread_keeps_busy_is_to_be_retried_and_no_duplicate(door: Door) -> None:
    go = threading.Event()

    async def work(_: Say, context: JobContext[None]) -> None:
        await context.blocking(go.wait, 20)

    door.behave = work
    run = door.accept()
    try:
        assert door.deliver(run, seconds=5.2)["statusCode"] == 409
    finally:
        go.set()

    assert counted(door.said()).keys() == {"Retried", "Duration", "QueueLag"}


def test_a_run_that_another_delivery_has_is_a_duplicate(door: Door) -> None:
    run = door.accept()
    held = {"$set": {"state": "running", "holder": "another", "lease": int((time.time() + 60) * 1000)}}
    door.process.run(door.process.database.runs.update_one({"_id": run.id}, held))

    assert door.deliver(run)["statusCode"] == 409

    assert counted(door.said()).keys() == {"Duplicate", "Duration"}
