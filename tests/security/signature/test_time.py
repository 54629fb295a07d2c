"""Attacks by way of the time: `exp`, `nbf` and `iat` at their edges, with the tolerance on both sides.

The token is fresh by the machine's clock, which `qstash.Receiver` judges by; the injected clock moves around it.
"""

import pytest
from qstash.errors import SignatureError as ReceiverRefusal
from qstash.receiver import Receiver

from shared.refusals import Refusal
from shared.signature import LIFETIME, TOLERANCE, Claims
from tests.security.signature.forging import BODY, CURRENT, NEXT, URL, honest, now, refusal, verifier


def believed(token: str, at: float) -> Claims:
    return verifier(clock=lambda: at).verify(token, BODY, URL)


def refused(token: str, at: float) -> str:
    return refusal(token, by=verifier(clock=lambda: at))


def test_just_before_the_end_of_the_tolerance_an_expired_token_is_believed() -> None:
    """A delivery is not lost by a few seconds between two clocks."""
    start = now()
    believed(honest(iat=start, exp=start + 300), start + 300 + TOLERANCE - 0.001)


def test_at_the_end_of_the_tolerance_an_expired_token_is_refused() -> None:
    """The first moment that is too late."""
    start = now()
    assert refused(honest(iat=start, exp=start + 300), start + 300 + TOLERANCE) == Refusal.EXPIRED


def test_a_token_captured_yesterday_is_refused() -> None:
    """By the machine's own clock."""
    assert refusal(honest(iat=now() - 86400, exp=now() - 86100)) == Refusal.EXPIRED


@pytest.mark.parametrize("exp", [0, -1, -(10**30)])
def test_an_expiry_before_all_time_is_refused(exp: int) -> None:
    """Zero is no `never`."""
    assert refusal(honest(exp=exp)) == Refusal.EXPIRED


def test_a_token_issued_at_the_edge_of_the_tolerance_is_believed() -> None:
    """QStash's clock may be ahead of ours."""
    start = now()
    believed(honest(iat=start, exp=start + 300), start - TOLERANCE)


def test_a_token_issued_past_the_tolerance_is_refused() -> None:
    """The first moment that is too early."""
    start = now()
    assert refused(honest(iat=start, exp=start + 300), start - TOLERANCE - 0.001) == Refusal.ISSUED_LATER


def test_a_token_not_valid_before_the_edge_of_the_tolerance_is_believed() -> None:
    """QStash signs `nbf: 0`; a later one is honoured."""
    start = now()
    believed(honest(nbf=start, iat=start - 100, exp=start + 200), start - TOLERANCE)


def test_a_token_not_valid_before_later_is_refused() -> None:
    """One made in advance for later use."""
    start = now()
    token = honest(nbf=start, iat=start - 100, exp=start + 200)
    assert refused(token, start - TOLERANCE - 0.001) == Refusal.NOT_YET


def test_the_longest_life_is_believed() -> None:
    """QStash's five minutes and the tolerance."""
    start = now()
    believed(honest(iat=start, exp=start + LIFETIME + TOLERANCE), start)


def test_a_longer_life_is_refused() -> None:
    """A token without an end would outlive the memory for its `jti`."""
    start = now()
    assert refused(honest(iat=start, exp=start + LIFETIME + TOLERANCE + 1), start) == Refusal.LIFETIME


@pytest.mark.parametrize("exp", [2**31, 2**63, 10**30])
def test_an_expiry_after_all_time_is_refused(exp: int) -> None:
    """However large the number, nothing overflows into a yes."""
    assert refusal(honest(exp=exp)) == Refusal.LIFETIME


def test_an_early_issue_does_not_stretch_the_life() -> None:
    """`iat: 0` with a present `exp` is a life of decades."""
    assert refusal(honest(iat=0)) == Refusal.LIFETIME


def test_the_authoritys_lack_of_tolerance_is_made_good_when_late() -> None:
    """Expired two seconds ago by the machine's clock: the Receiver alone refuses, whatever tolerance it is given."""
    at = now()
    token = honest(iat=at - 302, exp=at - 2)
    with pytest.raises(ReceiverRefusal, match="expired"):
        Receiver(CURRENT, CURRENT).verify(signature=token, body=BODY.decode(), url=URL, clock_tolerance=TOLERANCE)
    believed(token, at)


def test_the_authoritys_lack_of_tolerance_is_made_good_when_early() -> None:
    """Issued a few seconds ahead of the machine's clock, as by a QStash whose clock is."""
    at = now()
    believed(honest(iat=at + TOLERANCE, exp=at + TOLERANCE + 300), at)


@pytest.mark.parametrize("key", [CURRENT, NEXT])
def test_within_the_tolerance_the_url_still_counts(key: str) -> None:
    """The Receiver stops at the time and has not compared the URL then; we have."""
    at = now()
    token = honest(url="https://elsewhere.example/", iat=at - 302, exp=at - 2, key=key)
    assert refused(token, at) == Refusal.URL


def test_within_the_tolerance_the_body_still_counts() -> None:
    """The same for the body."""
    at = now()
    assert refused(honest(b"{}", iat=at - 302, exp=at - 2), at) == Refusal.BODY


def test_within_the_tolerance_the_issuer_still_counts() -> None:
    """The same for the issuer, which PyJWT compares after the time."""
    at = now()
    assert refused(honest(iss="Evil", iat=at - 302, exp=at - 2), at) == Refusal.ISSUER
