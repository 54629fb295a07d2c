"""What is signed and yet no event that we know: refused or passed over, never a fault of ours, never half taken."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.email_events import event as events
from functions.email_events.handler import EventHandler
from shared.database import Database
from shared.errors import MalformedMessage
from shared.events import MAX_BODY
from tests.support import svix

GOOD: dict[str, Any] = json.loads(svix.told("bounced", "re_1", ["ann@race.dev"], run="run-1"))


def changed(**data: Any) -> bytes:
    return json.dumps({**GOOD, "data": {**GOOD["data"], **data}}).encode()


@pytest.mark.parametrize("signed", [True, False])
async def test_a_huge_body_is_413_before_anything_is_computed(door: EventHandler, signed: bool) -> None:
    body = b" " * (MAX_BODY + 1)
    event = svix.webhook(body) if signed else svix.event(body, {})
    assert (await door.receive(event)).answer.status == 413


async def test_the_largest_body_that_is_taken(door: EventHandler) -> None:
    body = svix.told("sent", "re_1", ["ann@race.dev"])
    assert (await door.receive(svix.webhook(body + b" " * (MAX_BODY - len(body))))).answer.status == 200


SHAPES: list[bytes] = [
    *(
        b"",
        b"null",
        b"[]",
        b"7",
        b'"email.sent"',
        b"{}",
        b"not json",
        b"\xff\xfe",
        b'{"type":7}',
        b'{"type":"email.sent"}',
    ),
    *(b"[" * 100_000, b'{"type":' * 1_000, b'{"type":"email.sent","created_at":"2026-11-30T00:00:00Z","data":[]}'),
]
OTHERS: Mapping[str, Sequence[Any]] = {
    "to": ([], None, "ann@race.dev", [7], [""], [["ann@race.dev"]], ["a" * 501], ["a@b"] * 151),
    "email_id": (None, "", 7, {"$gt": ""}, "$where", "a\x00b", "e" * 101),
    "tags": (7, "run", {"run": 7}, {"run": {"$ne": 1}}, [7], [["run", "x"]]),
    "bounce": (7, [], {"type": 7}, {"message": {}}),
}
SHAPES += [changed(**{name: value}) for name, values in OTHERS.items() for value in values]
WHEN: tuple[Any, ...] = ("", "yesterday", "2026-11-30T00:00:00", None, 1e400)
SHAPES += [json.dumps({**GOOD, "created_at": when}).encode() for when in WHEN]


@pytest.mark.parametrize("body", SHAPES)
async def test_a_body_of_another_shape_is_400_and_nothing_is_written(
    door: EventHandler, database: Database, body: bytes
) -> None:
    """It is not taken: Resend sends it again for a day, in which a deploy may learn to read it."""
    received = await door.receive(svix.webhook(body))
    assert (received.answer.status, received.answer.outcome) == (400, "malformed")
    assert "ann@race.dev" not in (received.reason or "")
    assert await database.mail_events.count_documents({}) == 0


@pytest.mark.parametrize(
    "kind",
    [
        "email.opened",
        "email.clicked",
        "email.received",
        "email.scheduled",
        "contact.created",
        "domain.updated",
        "x",
        "",
    ],
)
async def test_what_is_not_followed_is_200_and_changes_nothing(
    door: EventHandler, database: Database, kind: str
) -> None:
    """`email.received` is a mail that came in: it proves nothing of one that we sent."""
    await database.emails.insert_one({"_id": "run-1", "state": "uncertain"})
    received = await door.receive(svix.webhook(json.dumps({**GOOD, "type": kind}).encode()))
    assert (received.answer.status, received.answer.outcome) == (200, "ignored")
    assert await database.emails.find_one({}) == {"_id": "run-1", "state": "uncertain"}
    assert await database.suppressions.count_documents({}) == 0


@pytest.mark.parametrize("tags", [{"run": "run-1"}, [{"name": "run", "value": "run-1"}], None, {}, []])
async def test_tags_come_in_two_forms_or_not_at_all(door: EventHandler, database: Database, tags: Any) -> None:
    await database.emails.insert_one({"_id": "run-1", "state": "calling", "resend_id": "re_1" if not tags else None})
    received = await door.receive(svix.webhook(changed(tags=tags)))
    assert (received.answer.outcome, received.taken and received.taken.run) == ("recorded", "run-1")


@pytest.mark.parametrize("words", ["$state", "{{7*7}}", "\u2028\x1b[31m", "\U0001f600" * 400])
async def test_a_servers_words_are_stored_as_they_are_and_cut(
    door: EventHandler, database: Database, words: str
) -> None:
    """Case 18: a string that begins with `$` is no field."""
    await database.emails.insert_one({"_id": "run-1", "state": "sent", "resend_id": "re_1"})
    await door.receive(svix.webhook(changed(bounce={"type": "Permanent", "message": words})))
    record = await database.emails.find_one({"_id": "run-1"})
    assert record is not None
    assert record["delivery"]["addresses"][0]["told"]["bounced"]["why"] == f"Permanent: {words}"[:300]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data(), field=st.sampled_from(sorted(GOOD["data"])), value=JSON)
def test_whatever_stands_in_any_field_is_read_or_refused(data: st.DataObject, field: str, value: Any) -> None:
    body = changed(**{field: value})
    if data.draw(st.booleans()):
        body = body[: data.draw(st.integers(0, len(body)))]
    with contextlib.suppress(MalformedMessage):
        events.read(body)


@pytest.mark.parametrize(
    "event", [None, 7, {}, {"version": "2.0"}, {**svix.webhook(b"{}"), "body": "no base64!"}, {"body": "x"}]
)
async def test_what_is_no_event_of_an_http_api_is_401(door: EventHandler, event: object) -> None:
    assert (await door.receive(event)).answer.status == 401


async def test_a_header_that_was_sent_twice_is_joined_and_refused(door: EventHandler) -> None:
    body = svix.told("sent", "re_1", ["ann@race.dev"])
    signed = svix.headers(body)
    for name in ("svix-id", "svix-timestamp"):
        twice = svix.event(body, signed | {name: f"{signed[name]},{signed[name]}"})
        assert (await door.receive(twice)).answer.status == 401


async def test_names_of_headers_are_taken_in_any_case(door: EventHandler) -> None:
    body = svix.told("sent", "re_1", ["ann@race.dev"])
    shouted = {name.upper(): value for name, value in svix.headers(body).items()}
    assert (await door.receive(svix.event(body, shouted))).answer.status == 200
