"""A delivery that QStash has not signed is 401 and one line with the true reason; nothing of it is read or run."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.message import Message
from shared.refusals import Refusal
from shared.runs.model import Run, State
from tests.integration.handler.door import CANARY, Door, event_for, with_headers
from tests.support.desk import signed_event

FORGED = "another-key-that-is-long-enough-for-a-mac"
Refused = Callable[[Run], Any]


def unsigned(run: Run) -> Any:
    event = event_for(run)
    return {**event, "headers": {"x-other": CANARY, "upstash-message-id": CANARY}}


def forged(run: Run) -> Any:
    return event_for(run, key=FORGED)


def expired(run: Run) -> Any:
    return event_for(run, now=time.time() - 3600)


def tampered(run: Run) -> Any:
    event = event_for(run)
    return {**event, "body": Message(run.id, run.job, 0, 1).encode().decode()}


def sent_elsewhere(run: Run) -> Any:
    return {**event_for(run), "rawPath": f"/{CANARY}"}


def garbled(run: Run) -> Any:
    return with_headers(event_for(run), {"upstash-signature": f"{CANARY}\n.x.y"})


def no_event(_: Run) -> Any:
    return {"detail": CANARY}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (unsigned, Refusal.MISSING),
        (forged, Refusal.KEY),
        (expired, Refusal.EXPIRED),
        (tampered, Refusal.BODY),
        (sent_elsewhere, f"{Refusal.URL} (signed_for: 'https://desk.lambda-url.eu-west-1.on.aws/')"),
        (garbled, None),
        (no_event, Refusal.EVENT),
    ],
)
def test_it_is_one_line_with_its_true_reason_and_nothing_runs(door: Door, event: Refused, reason: str | None) -> None:
    run = door.accept()

    answer = door.knock(event(run))

    said = door.said()
    assert (answer["statusCode"], answer["body"]) == (401, '{"outcome": "unauthorized"}')
    assert len(said.lines) == 1
    told = said.line
    assert (told["outcome"], told["status"], told["job"]) == ("unauthorized", 401, door.contract.name)
    assert reason is None or told["reason"] == reason
    assert told["reason"]
    assert told.keys().isdisjoint({"run", "attempt", "message_id"})  # nobody has proven what they are
    assert CANARY not in said.raw
    assert (door.read(run.id).state, door.read(run.id).fence) == (State.QUEUED, 0)


def test_a_refused_delivery_leaves_no_record_at_all(door: Door) -> None:
    door.knock(signed_event(f"{CANARY}".encode(), key=FORGED))

    database = door.process.database
    names = door.process.run(database.list_collection_names())
    counts = [door.process.run(database[name].count_documents({})) for name in names]
    assert sum(counts) == 0
