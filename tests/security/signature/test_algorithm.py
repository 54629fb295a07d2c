"""Attacks on the algorithm: a token must not choose how it is judged."""

import pytest

from shared.refusals import Refusal
from tests.security.signature.forging import (
    BODY,
    CURRENT,
    RSA_PUBLIC_KEY,
    URL,
    b64,
    claims,
    forged,
    honest,
    refusal,
    verifier,
)


def test_an_honest_token_is_believed() -> None:
    """Without this, a verifier that refuses all would pass every test here."""
    assert verifier().verify(honest(), BODY, URL).key == "current"


def test_none_without_a_mac_is_refused() -> None:
    """`alg: none` with an empty third segment asks for no check at all."""
    token = forged(header={"alg": "none"}).rpartition(".")[0] + "."
    assert refusal(token) == Refusal.ALGORITHM


@pytest.mark.parametrize("spelling", ["none", "None", "NONE", "nOnE"])
def test_none_with_a_right_mac_is_refused(spelling: str) -> None:
    """Not even a MAC that would be right under HS256 excuses `none`."""
    assert refusal(forged(header={"alg": spelling})) == Refusal.ALGORITHM


@pytest.mark.parametrize(("name", "digest"), [("HS384", "sha384"), ("HS512", "sha512")])
def test_another_hmac_with_the_right_key_is_refused(name: str, digest: str) -> None:
    """The key is right and so is the MAC, but QStash never signs so."""
    assert refusal(forged(header={"alg": name}, digest=digest)) == Refusal.ALGORITHM


def test_an_hs512_mac_under_an_hs256_name_is_refused() -> None:
    """A longer MAC of the right key is still not the MAC that the header names."""
    assert refusal(forged(digest="sha512")) == Refusal.KEY


def test_a_public_key_as_hmac_secret_is_refused() -> None:
    """RSA confusion: a key that everyone knows signs an HS256 token."""
    assert refusal(forged(key=RSA_PUBLIC_KEY)) == Refusal.KEY


@pytest.mark.parametrize("name", ["RS256", "PS256", "ES256", "EdDSA"])
def test_an_asymmetric_name_over_an_hmac_is_refused(name: str) -> None:
    """RSA confusion the other way: the header claims a public-key algorithm, the MAC is made with our key."""
    assert refusal(forged(header={"alg": name, "typ": "JWT"})) == Refusal.ALGORITHM


@pytest.mark.parametrize(
    "name", ["", "hs256", "HS256 ", " HS256", "HS256\x00", "HS-256", None, True, 256, ["HS256"], {}]
)
def test_anything_but_the_one_name_is_refused(name: object) -> None:
    """Empty, another case, padded, of another type: only `HS256` is HS256."""
    assert refusal(forged(header={"alg": name})) == Refusal.ALGORITHM


def test_a_header_without_an_algorithm_is_refused() -> None:
    """There is no default."""
    assert refusal(forged(header={"typ": "JWT"})) == Refusal.ALGORITHM


def test_the_last_of_two_algorithms_counts() -> None:
    """A repeated member must not show one algorithm to us and another to the authority."""
    assert refusal(forged(header=b'{"alg":"HS256","alg":"none"}')) == Refusal.ALGORITHM


@pytest.mark.parametrize("extension", [{"crit": ["b64"], "b64": False}, {"b64": False}, {"crit": []}])
def test_an_extension_of_the_header_is_refused(extension: dict[str, object]) -> None:
    """`b64` and `crit` change what the MAC is over (RFC 7797)."""
    assert refusal(forged(header={"alg": "HS256", **extension})) == Refusal.HEADER


def test_a_key_in_the_header_is_not_used() -> None:
    """The attacker signs with a key of their own and sends it along as `jwk`."""
    own = "the attacker's very own and long enough key"
    header = {"alg": "HS256", "kid": "../../dev/null", "jwk": {"kty": "oct", "k": b64(own.encode())}}
    assert refusal(forged(header=header, key=own)) == Refusal.KEY


def test_the_key_signs_the_header_too() -> None:
    """A header swapped under an honest MAC is noticed, though it still says HS256."""
    head, rest = b64(b'{"alg":"HS256"}'), forged(payload=claims(), key=CURRENT).partition(".")[2]
    assert refusal(f"{head}.{rest}") == Refusal.KEY
