"""Sign-in tokens: derived from a key that has a name, never stored, shown in a fragment only."""

import hmac
import re
from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from shared.config import Stage, TokenSettings
from shared.errors import ConfigurationError, RetryableError
from shared.tokens import KeyRing, key_ring, sign_in_link, token_hash

NEW, OLD = "n" * 32, "o" * 40


def ring(keys: str, stage: Stage = "prod") -> KeyRing:
    return key_ring(TokenSettings(stage=stage, token_keys=SecretStr(keys)))


def test_the_first_key_is_current_and_the_others_still_derive() -> None:
    before, after = ring(f"a:{OLD}"), ring(f" b:{NEW} , a:{OLD}")
    assert (before.current, after.current) == ("a", "b")
    assert after.token("a", "run") == before.token("a", "run")
    assert after.token("b", "run") != after.token("a", "run")


def test_a_token_is_256_bits_that_are_safe_in_a_url() -> None:
    token = ring(f"a:{OLD}").token("a", "run")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert len(urlsafe_b64decode(token + "=")) == 32


def test_a_token_is_of_one_run_one_key_and_one_purpose() -> None:
    """The same secret used for something else, or under another name, opens nothing."""
    keys = ring(f"a:{OLD},b:{OLD}")
    tokens = {keys.token(kid, run) for kid in ("a", "b") for run in ("r1", "r2")}
    assert len(tokens) == 4
    assert urlsafe_b64decode(keys.token("a", "r1") + "=") != hmac.digest(OLD.encode(), b"r1", "sha256")


def test_the_derivation_never_changes() -> None:
    """Links in mails that are on their way would die with it."""
    assert ring(f"a:{OLD}").token("a", "run") == "l2VQsvMBV1fN_h-B-PPG3_JpoqJAc6eeoayDEukxLe8"


def test_a_key_that_is_not_here_yet_can_come_with_the_next_deploy() -> None:
    with pytest.raises(RetryableError):
        ring(f"a:{OLD}").token("b", "run")


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("", "entry 1 is not"),
        ("onlyasecret" * 4, "entry 1 is not"),
        (f":{OLD}", "entry 1 is not"),
        (f"a b:{OLD}", "entry 1 is not"),
        (f"a:{OLD},", "entry 2 is not"),
        (f"a:{OLD},a:{NEW}", "entry 2 has the id"),
        ("a:", "entry 1 is shorter"),
        (f"a:{OLD},b:{'n' * 31}", "entry 2 is shorter"),
    ],
)
def test_a_ring_that_is_not_whole_is_refused_without_a_word_of_its_secrets(keys: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        ring(keys)
    assert not any(secret in str(caught.value) for secret in (OLD, NEW, "n" * 31, "onlyasecret"))


def test_a_short_secret_will_do_on_one_machine_but_an_empty_one_never() -> None:
    assert ring("a:short", "local").token("a", "run")
    with pytest.raises(ConfigurationError):
        ring("a:", "local")


def test_a_ring_does_not_show_its_keys() -> None:
    assert OLD not in repr(ring(f"a:{OLD}"))


def test_what_is_stored_of_a_token_is_not_the_token() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_link_keeps_the_token_from_every_server_that_is_asked_for_it() -> None:
    link = urlsplit(sign_in_link("https://app.race.dev", "run/1&x", "tok"))
    assert (link.path, link.query, link.fragment) == ("/sign-in", "", "run=run%2F1%26x&token=tok")
