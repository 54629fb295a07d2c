"""Who is believed: only Resend, only these bytes, only just now. One attack a test; nothing of the body is read."""

import base64
import time
from typing import Any

import pytest
import resend
from pydantic import SecretStr

from functions.email_events.handler import EventHandler
from functions.email_events.verifying import Unproven, Verifier
from shared.config import MailEventSettings
from shared.database import Database
from shared.errors import ConfigurationError, SignatureError
from tests.support import svix
from tests.support.svix import KEY, OLD_KEY, OLD_SECRET, SECRET, headers, settings, signature

BODY = svix.told("bounced", "re_1", ["ann@race.dev"])
NOW = 1_796_000_000
FIVE_MINUTES = 300


def verifier(secrets: str = SECRET, *, now: float = NOW) -> Verifier:
    return Verifier.of(settings(secrets), lambda: now)


def refusal(given: dict[str, str], body: bytes = BODY, *, by: Verifier | None = None) -> str:
    with pytest.raises(SignatureError) as caught:
        (by or verifier()).verify(given, body)
    return caught.value.reason


def signed(**changed: Any) -> dict[str, str]:
    return headers(BODY, **{"webhook_id": "msg_1", "at": NOW, **changed})


def test_what_resend_signed_just_now_is_believed() -> None:
    believed = verifier().verify(signed(), BODY)
    assert (believed.id, believed.key) == ("msg_1", 1)


@pytest.mark.parametrize("name", ["svix-id", "svix-timestamp", "svix-signature"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_header_that_is_missing_or_empty(name: str, value: str | None) -> None:
    given = signed() | ({name: value} if value is not None else {})
    if value is None:
        del given[name]
    assert refusal(given) == Unproven.MISSING


def test_another_secret() -> None:
    assert refusal(signed(key=OLD_KEY)) == Unproven.KEY


@pytest.mark.parametrize("position", [0, len(BODY) // 2, len(BODY) - 1])
def test_one_bit_of_the_body(position: int) -> None:
    changed = bytearray(BODY)
    changed[position] ^= 1
    assert refusal(signed(), bytes(changed)) == Unproven.KEY


@pytest.mark.parametrize("body", [BODY[:-1], BODY + b" ", b"", BODY[1:]])
def test_a_body_that_was_cut_or_lengthened(body: bytes) -> None:
    assert refusal(signed(), body) == Unproven.KEY


def test_the_signature_of_another_webhook() -> None:
    """Replayed under a fresh id it would be taken as new."""
    assert refusal(signed() | {"svix-id": "msg_2"}) == Unproven.KEY


@pytest.mark.parametrize("age", [FIVE_MINUTES + 1, -FIVE_MINUTES - 1, 86_400, -86_400, NOW])
def test_a_time_that_is_not_now(age: int) -> None:
    assert refusal(signed(at=NOW - age)) == (Unproven.OLD if age > 0 else Unproven.EARLY)


@pytest.mark.parametrize("age", [0, FIVE_MINUTES, -FIVE_MINUTES])
def test_a_clock_may_be_five_minutes_off(age: int) -> None:
    assert verifier().verify(signed(at=NOW - age), BODY).id == "msg_1"


def test_an_old_webhook_with_a_fresh_time() -> None:
    """The time is signed as well."""
    assert refusal(signed(at=NOW - 86_400) | {"svix-timestamp": str(NOW)}) == Unproven.KEY


@pytest.mark.parametrize(
    "written",
    [
        *(f" {NOW}", f"{NOW}\n", f"+{NOW}", f"-{NOW}", f"{NOW}.0", "1_796_000_000", "0x6b0cc300", "1e9", "nan"),
        "".join(chr(0x660 + int(digit)) for digit in str(NOW)),
        "9" * 5_000,
    ],
)
def test_a_time_in_another_spelling_though_signed(written: str) -> None:
    """`int()` takes most of them."""
    given = {"svix-id": "msg_1", "svix-timestamp": written, "svix-signature": signature("msg_1", written, BODY)}
    assert refusal(given) == Unproven.FORM


def test_parts_that_are_cut_elsewhere_than_they_were_joined() -> None:
    """An old webhook, whose body begins with a time, is the same text with that time as its own."""
    old, body = NOW - 86_400, f"{NOW}.".encode() + BODY
    given = headers(body, webhook_id="msg_1", at=old)
    assert refusal(given | {"svix-id": f"msg_1.{old}", "svix-timestamp": str(NOW)}, BODY) == Unproven.FORM


@pytest.mark.parametrize("webhook_id", ["a b", "msg\n1", "msg,1", "é", "$where", "m" * 101, "../x"])
def test_an_id_that_svix_never_gives_though_signed(webhook_id: str) -> None:
    assert refusal(signed(webhook_id=webhook_id)) == Unproven.FORM


@pytest.mark.parametrize("version", ["v1a", "v2", "V1", "", "v1,v1"])
def test_a_signature_of_another_version(version: str) -> None:
    """`v1a` is Svix's name for ed25519: a MAC under it says that somebody tries names."""
    (mac,) = signed()["svix-signature"].split(",")[1:]
    assert refusal(signed() | {"svix-signature": f"{version},{mac}"}) == Unproven.KEY


@pytest.mark.parametrize(
    "given", ["v1", "v1,", ",", " ", "v1,%%%", "v1,AAAA", "none", "v1," + "A" * 44, "v1,\ud800", "v1,é", "\x00"]
)
def test_a_signature_that_is_none(given: str) -> None:
    assert refusal(signed() | {"svix-signature": given}) == Unproven.KEY


@pytest.mark.parametrize("spelling", [lambda mac: mac.rstrip("="), lambda mac: mac + "=", lambda mac: f"{mac}\n"])
def test_the_right_signature_in_another_spelling(spelling: Any) -> None:
    """Base64 has several for the same bytes; Resend writes one."""
    assert refusal(signed() | {"svix-signature": spelling(signed()["svix-signature"])}) == Unproven.KEY


@pytest.mark.parametrize("others", ["v1,AAAA", "v1a,AAAA v2,x", "", signature("msg_1", str(NOW), BODY, key=OLD_KEY)])
def test_of_several_signatures_one_that_fits_is_enough(others: str) -> None:
    fits = signed()["svix-signature"]
    for several in (f"{others} {fits}", f"{fits} {others}"):
        assert verifier().verify(signed() | {"svix-signature": several}, BODY).key == 1


@pytest.mark.parametrize("between", [",", "\t", ";", "\u00a0"])
def test_signatures_that_anything_but_a_space_parts(between: str) -> None:
    """A comma is what a header that was sent twice is joined by."""
    several = between.join([signed(key=OLD_KEY)["svix-signature"], signed()["svix-signature"]])
    assert refusal(signed() | {"svix-signature": several}) == Unproven.KEY


def test_a_header_full_of_signatures_is_not_tried() -> None:
    flood = " ".join(["v1,AAAA"] * 1_000) + " " + signed()["svix-signature"]
    assert refusal(signed() | {"svix-signature": flood}) == Unproven.FORM


@pytest.mark.parametrize(("key", "number"), [(KEY, 1), (OLD_KEY, 2)])
def test_while_the_secret_is_rotated_both_are_believed(key: bytes, number: int) -> None:
    both = verifier(f"{SECRET}, {OLD_SECRET}")
    assert both.verify(signed(key=key), BODY).key == number
    assert refusal(signed(key=b"a third one, of a stranger who tries"), by=both) == Unproven.KEY


@pytest.mark.parametrize(
    "secrets",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        SECRET.removeprefix("whsec_"),
        "whsec_no!base64",
        f"{SECRET},",
        f"{SECRET},{SECRET},{SECRET}",
        f"whsec_{base64.b64encode(b'k' * 23).decode()}",
    ],
)
def test_secrets_that_prove_nothing_are_refused_and_not_quoted(secrets: str) -> None:
    """`resend.Webhooks.verify` believes what anybody can sign with `whsec_` alone: with no key at all."""
    with pytest.raises(ConfigurationError, match="RESEND_WEBHOOK_SECRET") as caught:
        verifier(secrets)
    assert not secrets or secrets not in caught.value.message


def test_the_local_stacks_secret_opens_no_other_stage() -> None:
    known = "whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtbm90LWZvci1vdGhlcnM="
    for given in (known, f"{SECRET},{known}"):
        with pytest.raises(ValueError, match="publicly known"):
            MailEventSettings(stage="prod", resend_webhook_secret=SecretStr(given))


def test_what_is_believed_here_resends_own_sdk_believes_too() -> None:
    now = int(time.time())
    given = headers(BODY, at=now)
    assert verifier(now=now).verify(given, BODY).key == 1
    parts: Any = {name.removeprefix("svix-"): value for name, value in given.items()}
    assert resend.Webhooks.verify({"payload": BODY.decode(), "headers": parts, "webhook_secret": SECRET})


@pytest.mark.parametrize("encoded", [True, False])
async def test_the_raw_bytes_are_what_was_signed(door: EventHandler, encoded: bool) -> None:
    """Spaces and escapes that parsing would lose stand; API Gateway may hand the body over in either form."""
    body = BODY.replace(b'":', b'" :  ').replace(b"@", b"\\u0040")
    assert (await door.receive(svix.webhook(body, encoded=encoded))).answer.status == 200


async def test_a_forged_one_is_401_and_nothing_is_read_or_written(door: EventHandler, database: Database) -> None:
    received = await door.receive(svix.webhook(BODY, key=OLD_KEY))
    assert (received.answer.status, received.event, received.believed) == (401, None, None)
    assert [name async for name in _written(database)] == []


async def test_a_captured_webhook_does_nothing_a_second_time(door: EventHandler, database: Database) -> None:
    captured = svix.webhook(BODY)
    first = await door.receive(captured)
    before = [one async for one in database.suppressions.find({})]

    again = await door.receive(captured)

    assert (first.answer.outcome, again.answer.status, again.answer.outcome) == ("unknown", 200, "repeated")
    assert [one async for one in database.suppressions.find({})] == before


async def _written(database: Database) -> Any:
    for name in ("mail_events", "emails", "suppressions"):
        if await database[name].count_documents({}):
            yield name
