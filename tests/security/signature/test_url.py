"""Attacks with a token that is honest, but was signed for another URL."""

import pytest

from shared.errors import SignatureError
from shared.refusals import Refusal
from tests.security.signature.forging import BODY, honest, refusal, verifier

OURS = "https://abc123.lambda-url.eu-west-1.on.aws/prod/send_email?tenant=7"


def refused_for(url: str) -> bool:
    """Whether a token that QStash signed for `url` is refused at ours, and for that reason."""
    return refusal(honest(url=url), url=OURS) == Refusal.URL


def test_our_own_url_is_believed() -> None:
    """The counterpart of all that follows."""
    verifier().verify(honest(url=OURS), BODY, OURS)


def test_another_host() -> None:
    """A message to somebody else's endpoint on the same account."""
    assert refused_for(OURS.replace("abc123", "abc124"))


def test_another_functions_url() -> None:
    """A message to our `generate_pdf`, replayed at our `send_email`."""
    assert refused_for("https://zzz999.lambda-url.eu-west-1.on.aws/")


def test_a_host_that_ours_is_a_prefix_of() -> None:
    """`on.aws.evil.example` begins like ours."""
    assert refused_for(OURS.replace("on.aws", "on.aws.evil.example"))


def test_a_url_that_ours_is_the_end_of() -> None:
    """Ours within the attacker's own query."""
    assert refused_for(f"https://evil.example/?u={OURS}")


def test_a_user_before_the_host() -> None:
    """`https://ours@evil.example` names another host than it shows."""
    assert refused_for(OURS.replace("https://", "https://evil.example@"))


def test_another_path() -> None:
    """Another route of the same host."""
    assert refused_for(OURS.replace("send_email", "cleanup_blobs"))


def test_a_path_with_dots() -> None:
    """A path that a server might fold into ours."""
    assert refused_for(OURS.replace("/prod/", "/prod/x/../"))


def test_an_encoded_path() -> None:
    """The same path, spelt with an escape."""
    assert refused_for(OURS.replace("send_email", "send%5Femail"))


def test_another_query() -> None:
    """Another tenant's message."""
    assert refused_for(OURS.replace("tenant=7", "tenant=8"))


def test_no_query() -> None:
    """The query is part of what was signed."""
    assert refused_for(OURS.partition("?")[0])


def test_a_longer_query() -> None:
    """A parameter more."""
    assert refused_for(f"{OURS}&dry_run=0")


def test_an_empty_query() -> None:
    """A question mark alone is another URL."""
    assert refusal(honest(url="https://a.example/x?"), url="https://a.example/x") == Refusal.URL


def test_a_fragment() -> None:
    """What follows `#` is never sent, but was signed."""
    assert refused_for(f"{OURS}#x")


def test_a_trailing_slash_more() -> None:
    """`/x/` is not `/x`."""
    assert refusal(honest(url="https://a.example/x/"), url="https://a.example/x") == Refusal.URL


def test_a_trailing_slash_less() -> None:
    """`https://host` is not `https://host/`."""
    assert refusal(honest(url="https://a.example"), url="https://a.example/") == Refusal.URL


def test_another_stage() -> None:
    """A message of staging, replayed in production."""
    assert refused_for(OURS.replace("/prod/", "/staging/"))


def test_another_case_of_the_path() -> None:
    """Paths are told apart by case."""
    assert refused_for(OURS.replace("send_email", "Send_Email"))


def test_another_case_of_the_host() -> None:
    """Hosts are the same in any case, but QStash signs what it was given; so the comparison stays exact."""
    assert refused_for(OURS.replace("abc123", "ABC123"))


def test_another_port() -> None:
    """Another server on the same host."""
    assert refused_for(OURS.replace("on.aws/", "on.aws:8443/"))


def test_the_default_port_spelt_out() -> None:
    """An equivalent URL is still not the one that was signed."""
    assert refused_for(OURS.replace("on.aws/", "on.aws:443/"))


def test_another_scheme() -> None:
    """A token that went over the wire in the clear."""
    assert refused_for(OURS.replace("https", "http"))


def test_an_empty_subject() -> None:
    """No URL is not any URL."""
    assert refused_for("")


def test_an_empty_url_is_no_wildcard() -> None:
    """`qstash.Receiver` skips its check for None; a URL that came out empty must match nothing."""
    assert refusal(honest(url=OURS), url="") == Refusal.URL


def test_a_url_that_looks_alike() -> None:
    """A Cyrillic letter in the host."""
    assert refused_for(OURS.replace("abc", "\u0430bc"))


def test_the_other_spelling_of_an_accent() -> None:
    """Texts that normalise to the same are not the same."""
    assert refusal(honest(url="https://a.example/e\u0301"), url="https://a.example/\u00e9") == Refusal.URL


@pytest.mark.parametrize("signed", ["https://a.example/x?token=secret", "https://a.example/x?a=1&token=secret"])
def test_the_log_learns_where_a_token_belongs_but_not_its_query(signed: str) -> None:
    """A wrong URL is mostly a wrong configuration; its query may hold what the log must not."""
    with pytest.raises(SignatureError) as caught:
        verifier().verify(honest(url=signed), BODY, OURS)
    assert caught.value.data == {"signed_for": "'https://a.example/x'"}


def test_the_log_takes_no_control_characters_from_a_url() -> None:
    """A line's end in `sub` does not begin a new line of the log."""
    with pytest.raises(SignatureError) as caught:
        verifier().verify(honest(url="https://a.example/\nlevel=INFO\u202e"), BODY, OURS)
    assert caught.value.data["signed_for"].isprintable()
    assert caught.value.data["signed_for"].isascii()
