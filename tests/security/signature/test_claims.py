"""Attacks on the claims of a token that is signed: each must be there, of its type, and say what QStash says."""

import itertools
from typing import Any

import pytest

from shared.errors import SignatureError
from shared.refusals import Refusal
from tests.security.signature.forging import ABSENT, BODY, URL, claims, forged, honest, now, refusal, verifier

TEXTS = ["iss", "sub", "jti", "body"]
TIMES = ["exp", "nbf", "iat"]
NOT_TEXT: list[Any] = [None, True, 1, 1.5, [], ["Upstash"], {}]
NOT_A_TIME: list[Any] = [None, True, "", "1", "9999999999", 1.5, [], {}, float("nan"), float("inf"), 1e300]


@pytest.mark.parametrize("name", [*TEXTS, *TIMES])
def test_a_missing_claim_is_refused(name: str) -> None:
    """`qstash.Receiver` asks for four of the seven, and crashes without a fifth."""
    with pytest.raises(SignatureError) as caught:
        verifier().verify(forged(payload=claims(**{name: ABSENT})), BODY, URL)
    assert (caught.value.reason, caught.value.data) == (Refusal.CLAIM_MISSING, {"claim": name})


@pytest.mark.parametrize(("name", "value"), list(itertools.product(TEXTS, NOT_TEXT)))
def test_a_text_claim_of_another_type_is_refused(name: str, value: object) -> None:
    """A list that contains the right issuer is not the right issuer."""
    assert refusal(forged(payload=claims(**{name: value}))) == Refusal.CLAIM_FORM


@pytest.mark.parametrize(("name", "value"), list(itertools.product(TIMES, NOT_A_TIME)))
def test_a_time_claim_of_another_type_is_refused(name: str, value: object) -> None:
    """PyJWT turns texts and fractions into numbers; NaN compares as neither early nor late."""
    assert refusal(forged(payload=claims(**{name: value}))) == Refusal.CLAIM_FORM


@pytest.mark.parametrize("value", ["", " ", "a b", "a\n", "\x00", "é", "\ud800", "x" * 201], ids=ascii)
def test_a_jti_that_can_be_no_id_is_refused(value: str) -> None:
    """It becomes a record's id, so that a delivery can be recognised when it comes again."""
    assert refusal(forged(payload=claims(jti=value))) == Refusal.CLAIM_FORM


@pytest.mark.parametrize(
    "issuer", ["", "upstash", "UPSTASH", "Upstash ", "Upstash\x00", "Upstash,Evil", "https://upstash.com"]
)
def test_another_issuer_is_refused(issuer: str) -> None:
    """The issuer is compared to the letter."""
    assert refusal(honest(iss=issuer)) == Refusal.ISSUER


def test_another_issuer_that_looks_alike_is_refused() -> None:
    """A Cyrillic letter in a Latin one's place."""
    assert refusal(forged(payload=claims(iss="Upst\u0430sh"))) == Refusal.ISSUER


def test_an_audience_is_refused_by_the_authority() -> None:
    """A token made for somebody in particular is not ours; QStash names no audience."""
    assert refusal(honest(aud="someone-else")) == Refusal.RECEIVER


def test_a_claim_that_nobody_knows_is_let_be() -> None:
    """QStash may add claims without stopping the work."""
    assert verifier().verify(honest(region="eu-west-1"), BODY, URL).key == "current"


def test_the_believed_claims_are_handed_out() -> None:
    """A delivery without a run is recorded by its `jti` until its token has expired."""
    at = now()
    told = verifier().verify(honest(jti="jwt_a", iat=at - 1, exp=at + 299), BODY, URL)
    assert (told.jti, told.issued_at, told.expires_at) == ("jwt_a", at - 1, at + 299)
