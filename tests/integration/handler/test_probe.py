"""The probe of `doctor`: a signed delivery that is answered when it is verified, and does nothing."""

import importlib
import json
from typing import Any

import pytest

from functions.record_failure.handler import FailureHandler
from functions.registry import contracts
from shared.handler import JobHandler
from shared.message import PROBE
from tests.integration.handler.door import CANARY, Door, LambdaCall
from tests.support.desk import signed_event
from tests.support.processes import process_on

FORGED = "another-key-that-is-long-enough-for-a-mac"
VERIFIED = (200, {"outcome": "verified"})


class Untouched:
    """A database, or services, of which nothing may be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for")


def told(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"])


def untouched_process() -> Any:
    return process_on(database=Untouched())  # type: ignore[arg-type] # it stands in for a database


@pytest.mark.parametrize("name", sorted(contracts()))
def test_every_job_answers_it_without_its_database_and_its_services(name: str) -> None:
    of_bundle: JobHandler = importlib.import_module(f"functions.{name}.handler").handler
    process = untouched_process()
    handler = JobHandler(
        of_bundle.contract,
        of_bundle.work,
        contracts=contracts,
        services=lambda _: Untouched().built,
        alert=of_bundle._alert,
        evidence=of_bundle._evidence,
        process=process,
    )

    answer = handler(signed_event(PROBE), LambdaCall(25_000))

    process.loop.close()
    assert told(answer) == VERIFIED


def test_the_failure_callback_answers_it_likewise() -> None:
    process = untouched_process()

    answer = FailureHandler(process=process)(signed_event(PROBE), LambdaCall(25_000))

    process.loop.close()
    assert told(answer) == VERIFIED


def test_it_is_one_line_and_counts_as_no_run(door: Door) -> None:
    answer = door.knock(signed_event(PROBE))

    said = door.said()
    assert told(answer) == VERIFIED
    assert (said.line["outcome"], said.line["status"], said.line["message_id"]) == ("verified", 200, "msg_1")
    assert len(said.lines) == 1
    (metrics,) = said.metrics
    assert metrics.keys() == {"_aws", "stage", "job", "Duration"}


def test_it_leaves_no_record_of_any_kind(door: Door) -> None:
    for _ in range(2):
        door.knock(signed_event(PROBE))

    database = door.process.database
    names = door.process.run(database.list_collection_names())
    assert sum(door.process.run(database[name].count_documents({})) for name in names) == 0


@pytest.mark.parametrize("key", [FORGED, None])
def test_who_cannot_sign_is_told_nothing_by_it(door: Door, key: str | None) -> None:
    event = dict(signed_event(PROBE, key=key or FORGED))
    if key is None:
        event["headers"] = {"x-other": CANARY}

    assert told(door.knock(event)) == (401, {"outcome": "unauthorized"})


@pytest.mark.parametrize(
    "body",
    [
        b'{"v":1,"verify":true,"run":"r"}',
        b'{"v":1,"verify":true,"text":"x"}',
        b'{"v":1,"verify":false}',
        b'{"v":1,"verify":true} ',
    ],
)
def test_a_body_that_says_anything_else_is_a_message_like_any_other(door: Door, body: bytes) -> None:
    """This job takes none that names no run."""
    assert told(door.knock(signed_event(body))) == (489, {"outcome": "malformed"})
