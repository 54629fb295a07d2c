"""The thin message: what is written is read, and nothing else is a message."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import MalformedMessage, PermanentError, RetryableError
from shared.message import LARGEST, Message, PlainPayload, decode

WIRE: dict[str, Any] = {"v": 1, "run": "r-1", "job": "send_email", "leg": 0, "epoch": 0}
COUNTS = st.integers(0, LARGEST)


def wire(**changes: Any) -> bytes:
    return json.dumps({**WIRE, **changes}).encode()


def test_the_bytes_of_a_message() -> None:
    """They are signed, deduplicated and compared, so they are always the same."""
    assert Message(run="r-1", job="send_email", leg=0, epoch=0).encode() == (
        b'{"v":1,"run":"r-1","job":"send_email","leg":0,"epoch":0}'
    )


@settings(deadline=None)
@given(
    run=st.from_regex(r"[A-Za-z0-9_:.-]{1,200}", fullmatch=True),
    job=st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True),
    leg=COUNTS,
    epoch=COUNTS,
)
def test_what_is_written_is_read(run: str, job: str, leg: int, epoch: int) -> None:
    """Every message comes back as it was."""
    message = Message(run=run, job=job, leg=leg, epoch=epoch)
    assert decode(message.encode()) == message


def test_white_space_and_order_are_free() -> None:
    """The signature is over the bytes; their meaning is JSON's."""
    body = b' { "epoch": 3, "leg": 2, "job": "j", "run": "r", "v": 1 } '
    assert decode(body) == Message(run="r", job="j", leg=2, epoch=3)


@pytest.mark.parametrize(("leg", "epoch"), [(0, 0), (1, 0), (0, 1), (12, 3)])
def test_each_leg_and_epoch_has_its_own_deduplication_id(leg: int, epoch: int) -> None:
    """Case 2: under an old id a new intention would be swallowed for ten minutes."""
    assert Message(run="r-1", job="j", leg=leg, epoch=epoch).dedup_id() == f"r-1.{leg}.{epoch}"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"payload":{"run":"x"}}', b"[]", b'["run"]', b'"run"', b"null", b"7"])
def test_a_body_without_a_run_is_a_plain_payload(body: bytes) -> None:
    """Its bytes are kept as they are, for the contract to take or refuse."""
    assert decode(body) == PlainPayload(body)


@pytest.mark.parametrize("body", [b"{", b"run", b" ", b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000, b"9" * 5000])
def test_a_body_that_is_no_json_is_malformed(body: bytes) -> None:
    """It is neither, and no retry will make it so."""
    with pytest.raises(MalformedMessage, match="not JSON"):
        decode(body)


def test_json_in_another_encoding_is_malformed() -> None:
    """A message is UTF-8; the encoding is not guessed."""
    with pytest.raises(MalformedMessage, match="not JSON"):
        decode(wire().decode().encode("utf-16"))


@pytest.mark.parametrize("name", ["v", "job", "leg", "epoch"])
def test_a_missing_field_is_named(name: str) -> None:
    """A run alone is no message."""
    with pytest.raises(MalformedMessage, match=f": {name}$"):
        decode(json.dumps({key: value for key, value in WIRE.items() if key != name}).encode())


def test_a_newer_version_has_to_come_again() -> None:
    """Whatever else it says: newer code may be on its way, and can read it."""
    with pytest.raises(RetryableError, match="message version 2 is newer"):
        decode(b'{"v":2,"run":{"a":"shape of its own"}}')


@pytest.mark.parametrize("value", [0, -1, True, 1.0, 2.5, "2", None, []])
def test_another_version_is_malformed(value: object) -> None:
    """True and 1.0 equal 1 in Python and are not the version; no code will ever write half of one."""
    with pytest.raises(MalformedMessage, match=r": v$"):
        decode(wire(v=value))


@pytest.mark.parametrize("value", ["", " ", "a b", "a/b", "a\n", "$where", "é", "x" * 201, None, 1, {"$ne": ""}, ["r"]])
def test_a_run_that_can_be_no_id_is_malformed(value: object) -> None:
    """It is looked up in the database: no operators, no paths, no line's end."""
    with pytest.raises(MalformedMessage, match=r": run$"):
        decode(wire(run=value))


@pytest.mark.parametrize("value", ["", "Send", "send-email", "1job", "_x", "a.b", "a\n", "x" * 65, None, 1])
def test_a_job_that_can_be_no_name_is_malformed(value: object) -> None:
    """A job's name is its folder's."""
    with pytest.raises(MalformedMessage, match=r": job$"):
        decode(wire(job=value))


@pytest.mark.parametrize("name", ["leg", "epoch"])
@pytest.mark.parametrize("value", [-1, LARGEST + 1, 10**30, True, 0.0, "0", None])
def test_a_count_out_of_range_is_malformed(name: str, value: object) -> None:
    """Counts are whole, not negative, and fit every store."""
    with pytest.raises(MalformedMessage, match=f": {name}$"):
        decode(wire(**{name: value}))


def test_a_field_more_is_malformed() -> None:
    """A payload in the message would be kept by QStash's console, events and dead letters."""
    with pytest.raises(MalformedMessage, match="a field that it does not have"):
        decode(wire(payload={"to": "a@b.example"}))


def test_the_error_quotes_nothing_of_the_body() -> None:
    """Neither values nor the names of unknown fields, nor by the error behind it."""
    with pytest.raises(MalformedMessage) as caught:
        decode(wire(run="private value", **{"private name\n": 1}))
    error = caught.value
    assert str(error) == "not a message: run, a field that it does not have"
    assert "private" not in f"{error!r} {error.data} {error.__cause__!r}"
    assert error.__suppress_context__


def test_a_malformed_message_is_not_retried() -> None:
    """Its answer is 489."""
    assert issubclass(MalformedMessage, PermanentError)
