"""Attacks by way of the keys: which are taken at all, and which of them a token may be signed with."""

import pytest
from pydantic import SecretStr

from shared.errors import ConfigurationError
from shared.refusals import Refusal
from shared.signature import Verifier
from shared.signing_keys import DEVELOPMENT_KEYS
from tests.security.signature.forging import (
    BODY,
    CURRENT,
    NEXT,
    OLD,
    RSA_PUBLIC_KEY,
    URL,
    forged,
    honest,
    refusal,
    verifier,
)

STAGES = ["local", "dev", "staging", "prod"]


@pytest.mark.parametrize("stage", STAGES)
def test_an_empty_current_key_is_refused_at_start(stage: str) -> None:
    """Anyone can sign with an empty key."""
    with pytest.raises(ConfigurationError, match="QSTASH_CURRENT_SIGNING_KEY is empty"):
        verifier(current="", stage=stage)


@pytest.mark.parametrize("stage", STAGES)
def test_an_empty_next_key_is_refused_at_start(stage: str) -> None:
    """A deployment that has not been told its next key would believe forgeries, not only be late to rotate."""
    with pytest.raises(ConfigurationError, match="QSTASH_NEXT_SIGNING_KEY is empty"):
        verifier(next_key="", stage=stage)


@pytest.mark.parametrize("key", ["sig_", "sig_123", "sig_" + "a" * 19, "x" * 19])
def test_a_short_key_is_refused_at_start(key: str) -> None:
    """A short key can be guessed offline from one captured token."""
    with pytest.raises(ConfigurationError, match="too short"):
        verifier(current=key)


def test_the_shortest_key_that_is_taken_has_twenty_characters() -> None:
    """The other side of the limit."""
    verifier(current="sig_" + "a" * 20)


@pytest.mark.parametrize("key", [f"{CURRENT}\n", f" {CURRENT}", CURRENT[:10] + "\t" + CURRENT[10:], "é" * 30])
def test_a_key_with_white_space_is_refused_at_start(key: str) -> None:
    """A key pasted with its line's end would refuse every honest delivery; better to say so at once."""
    with pytest.raises(ConfigurationError, match="white space"):
        verifier(current=key)


def test_a_public_key_is_refused_at_start() -> None:
    """RSA confusion needs a verifier that takes a public key for a secret."""
    with pytest.raises(ConfigurationError):
        verifier(next_key=RSA_PUBLIC_KEY)


@pytest.mark.parametrize("key", sorted(DEVELOPMENT_KEYS))
@pytest.mark.parametrize("stage", ["dev", "staging", "prod", "Local", ""])
def test_a_development_key_is_refused_outside_the_local_stage(key: str, stage: str) -> None:
    """The development server's keys stand in its documentation."""
    with pytest.raises(ConfigurationError, match="publicly known"):
        verifier(next_key=key, stage=stage)


@pytest.mark.parametrize("key", sorted(DEVELOPMENT_KEYS))
def test_a_development_key_works_in_the_local_stage(key: str) -> None:
    """The development server can be used for what it is made for."""
    assert verifier(current=key, stage="local").verify(honest(key=key), BODY, URL).key == "current"


@pytest.mark.parametrize("key", ["sig_short", "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r", f"{CURRENT}\n"])
def test_a_refused_key_is_not_in_the_error(key: str) -> None:
    """The error goes to the log."""
    with pytest.raises(ConfigurationError) as caught:
        verifier(current=key)
    assert key not in f"{caught.value!r} {caught.value.data}"


def test_a_key_may_come_wrapped() -> None:
    """The configuration holds keys as `SecretStr`."""
    wrapped = Verifier(current_key=SecretStr(CURRENT), next_key=SecretStr(NEXT), stage="prod")
    assert wrapped.verify(honest(), BODY, URL).key == "current"


def test_a_token_of_the_next_key_is_believed() -> None:
    """Rotation makes next current at QStash before any deployment has heard of it."""
    assert verifier().verify(honest(key=NEXT), BODY, URL).key == "next"


def test_the_first_token_of_the_next_key_is_told_once_and_no_forgery_is() -> None:
    """It says that a deployment must hear of the rotation before there is another."""
    told: list[str] = []
    rotated = Verifier(current_key=CURRENT, next_key=NEXT, stage="prod", rotated=lambda: told.append("rotated"))
    rotated.verify(honest(), BODY, URL)
    refusal(honest(url="https://elsewhere.example/", key=NEXT), by=rotated)
    assert told == []
    for _ in range(3):
        rotated.verify(honest(key=NEXT), BODY, URL)
    assert told == ["rotated"]


def test_swapped_keys_believe_the_same_deliveries() -> None:
    """Two settings exchanged by mistake must not stop the work."""
    assert verifier(current=NEXT, next_key=CURRENT).verify(honest(), BODY, URL).key == "next"


def test_a_token_of_the_key_before_the_rotation_is_refused() -> None:
    """After two rotations a leaked key is worth nothing."""
    assert refusal(honest(key=OLD)) == Refusal.KEY


def test_a_token_of_an_empty_key_is_refused() -> None:
    """What verifiers with an unset key were forged with."""
    assert refusal(forged(key="")) == Refusal.KEY


def test_a_key_without_its_prefix_is_another_key() -> None:
    """`sig_` is part of the secret."""
    assert refusal(honest(key=CURRENT.removeprefix("sig_").ljust(32, "x"))) == Refusal.KEY


def test_a_development_key_does_not_sign_for_production() -> None:
    """A token of a developer's machine, sent to a real function."""
    assert refusal(honest(key="sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r")) == Refusal.KEY


@pytest.mark.parametrize("key", [CURRENT, NEXT])
def test_a_fault_is_named_truly_whichever_key_signed(key: str) -> None:
    """`qstash.Receiver` reports every fault of a current-key token as a bad signature of the next key."""
    assert refusal(honest(url="https://elsewhere.example/", key=key)) == Refusal.URL
