"""Whatever is changed, and whatever is sent: refused with a reason, and never a crash."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import SignatureError
from shared.refusals import Refusal
from tests.security.signature.forging import BODY, URL, claims, forged, honest, now, refusal, verifier

AT = now()
TOKEN = honest(iat=AT, exp=AT + 300)
unhurried = settings(deadline=None)  # a busy machine is no fault of the code
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@unhurried
@given(at=st.integers(0, len(TOKEN) - 1), character=st.characters())
def test_any_character_of_the_token_changed_is_refused(at: int, character: str) -> None:
    """Each character of a token is needed."""
    changed = TOKEN[:at] + character + TOKEN[at + 1 :]
    if changed != TOKEN:
        assert refusal(changed)


@unhurried
@given(at=st.integers(0, len(TOKEN) - 1))
def test_any_character_of_the_token_left_out_is_refused(at: int) -> None:
    """Nor is one too many."""
    assert refusal(TOKEN[:at] + TOKEN[at + 1 :])


@unhurried
@given(at=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_any_byte_of_the_body_changed_is_refused(at: int, flip: int) -> None:
    """Each bit of the body is signed."""
    changed = bytes([*BODY[:at], BODY[at] ^ flip, *BODY[at + 1 :]])
    assert refusal(TOKEN, changed, by=verifier(clock=lambda: AT)) == Refusal.BODY


@unhurried
@given(at=st.integers(0, len(URL) - 1), character=st.characters(exclude_categories=["Cs"]))
def test_any_character_of_the_url_changed_is_refused(at: int, character: str) -> None:
    """Each character of the URL is signed."""
    changed = URL[:at] + character + URL[at + 1 :]
    if changed != URL:
        assert refusal(TOKEN, url=changed, by=verifier(clock=lambda: AT)) == Refusal.URL


@unhurried
@given(signature=st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_any_text_for_a_signature_is_refused(signature: str) -> None:
    """A stranger can send anything; nothing but the one error comes of it."""
    assert refusal(signature)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(claims())), value=JSON)
def test_any_value_of_a_signed_claim_is_judged_without_a_crash(name: str, value: Any) -> None:
    """Where `qstash.Receiver` raises KeyError and AttributeError, there is a `SignatureError` or a yes."""
    try:
        verifier().verify(forged(payload=claims(**{name: value})), BODY, URL)
    except SignatureError as error:
        assert error.reason  # noqa: PT017 -- both outcomes are right; any other exception fails the test


def test_the_same_token_is_believed_again() -> None:
    """The verifier remembers nothing: what comes twice is for the run's claim, or the record of `jti`, to say."""
    judge, token = verifier(), honest()
    assert judge.verify(token, BODY, URL) == judge.verify(token, BODY, URL)
