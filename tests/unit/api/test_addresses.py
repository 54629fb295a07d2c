"""How mail addresses and client addresses are compared, counted and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from functions.api.addresses import masked, network, normal
from functions.send_email.contract import SignInMail


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.L+x@EXAMPLE.Com", "ada.l+x@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_every_spelling_has_one_form(typed: str, kept: str) -> None:
    assert normal(typed) == kept
    assert normal(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a@b@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com\nBcc: eve@example.com",
        "Ada <ada@example.com>",
        "ada@[127.0.0.1]",
        "ada@localhost",
        '"a b"@example.com',
        "\u212aelvin@example.com",
        "ada@example.com\0",
        f"{'a' * 65}@example.com",
    ],
)
def test_what_is_no_one_mail_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        normal(typed)
    assert str(caught.value) == "must be a mail address"


@given(st.emails())
def test_a_kept_address_fits_the_mail_job_and_stays_as_it_is(typed: str) -> None:
    try:
        kept = normal(typed)
    except PydanticCustomError:
        return
    assert normal(kept) == kept == kept.lower()
    assert kept.isascii()
    fields = {"to": kept, "kid": "k", "minutes": 15, "requested_at": "2026-01-01T00:00:00Z"}
    assert SignInMail.model_validate(fields).to == kept


def test_a_masked_address_is_known_to_its_owner_alone() -> None:
    assert masked("ada.lovelace@mail.example.com") == "a***@m***.com"
    assert masked("a@b.org") == "a***@b***.org"


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:bbbb::2", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.1, 198.51.100.1", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_client_is_counted_as_its_ipv4_address_or_its_ipv6_network(client: str | None, counted: str) -> None:
    assert network(client) == counted
