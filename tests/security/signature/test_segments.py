"""Attacks on the token's shape: only three canonical base64url segments of JSON are looked into."""

import pytest

from shared.refusals import Refusal
from tests.security.signature.forging import b64, claims, forged, honest, refusal

URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("signature", [None, ""])
def test_no_signature_is_refused(signature: str | None) -> None:
    """A call without the header, or with an empty one."""
    assert refusal(signature) == Refusal.MISSING


@pytest.mark.parametrize("signature", ["x", "   ", "a.b", "jwt"])
def test_fewer_segments_are_refused(signature: str) -> None:
    """One or two segments are no token."""
    assert refusal(signature) == Refusal.SEGMENTS


def test_a_token_without_its_mac_is_refused() -> None:
    """The MAC and its dot cut off."""
    assert refusal(honest().rpartition(".")[0]) == Refusal.SEGMENTS


@pytest.mark.parametrize("form", ["{}.", ".{}", "{}.e30", "{}..", "e30.{}.e30"])
def test_more_segments_are_refused(form: str) -> None:
    """A fourth segment (or the five of an encrypted token) is not skipped."""
    assert refusal(form.format(honest())) == Refusal.SEGMENTS


@pytest.mark.parametrize("position", [0, 1])
def test_an_empty_segment_is_refused(position: int) -> None:
    """Header or claims left out between their dots."""
    segments = honest().split(".")
    segments[position] = ""
    assert refusal(".".join(segments)) in {Refusal.HEADER, Refusal.KEY}


def test_an_empty_mac_is_refused() -> None:
    """A comparison with nothing must not succeed."""
    assert refusal(honest().rpartition(".")[0] + ".") == Refusal.KEY


def test_a_shortened_mac_is_refused() -> None:
    """A comparison of the first bytes alone could be guessed through."""
    signed, _, mac = honest().rpartition(".")
    assert refusal(f"{signed}.{mac[:4]}") == Refusal.KEY


@pytest.mark.parametrize(
    "character", ["+", "/", "=", "!", " ", "\n", "\x00", "é", "\u212a", "\ud800", "%2e"], ids=ascii
)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_character_outside_the_alphabet_is_refused(position: int, character: str) -> None:
    """Lenient decoders skip such characters, so that many strings would be one token."""
    segments = honest().split(".")
    segments[position] = segments[position][:4] + character + segments[position][4:]
    assert refusal(".".join(segments)) == Refusal.ENCODING


def test_padding_is_refused() -> None:
    """A JWT has none; PyJWT alone would let it pass on the MAC."""
    assert refusal(honest() + "=") == Refusal.ENCODING


@pytest.mark.parametrize("spelling", list(URL_SAFE))
def test_the_mac_has_one_spelling_only(spelling: str) -> None:
    """Its last character carries two bits that decode to nothing."""
    token = honest()
    if token[-1] != spelling:
        assert refusal(token[:-1] + spelling) in {Refusal.ENCODING, Refusal.KEY}


def test_a_segment_of_an_impossible_length_is_refused() -> None:
    """No bytes encode to one character more than a multiple of four."""
    assert refusal("A.e30.e30") == Refusal.ENCODING


@pytest.mark.parametrize("prefix", ["Bearer ", "bearer ", "JWT ", "v1a,", " ", "\t"])
def test_a_prefix_is_refused(prefix: str) -> None:
    """The header holds the token and nothing else."""
    assert refusal(prefix + honest()) in {Refusal.ENCODING, Refusal.REPEATED}


@pytest.mark.parametrize("suffix", [" ", "\n", "\r\n", "\x00"])
def test_a_suffix_is_refused(suffix: str) -> None:
    """AWS strips white space around a header's value; what is left belongs to no honest token."""
    assert refusal(honest() + suffix) == Refusal.ENCODING


def test_a_huge_token_is_refused_before_it_is_decoded() -> None:
    """A signed token of a megabyte costs nothing but its length's comparison."""
    assert refusal(forged(payload=claims(extra="x" * 2**20))) == Refusal.TOO_LONG


def test_many_dots_are_refused() -> None:
    """The shortest way to a long list of segments."""
    assert refusal("." * 8000) == Refusal.SEGMENTS


@pytest.mark.parametrize(
    "header",
    [b"", b"{", b"[]", b'"HS256"', b"null", b"1", b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 5000, b"9" * 5000],
    ids=["empty", "open", "list", "string", "null", "number", "bytes", "bom", "deep", "digits"],
)
def test_a_header_that_is_no_json_object_is_refused(header: bytes) -> None:
    """Nor does it crash: the header is read before anything is known of the caller."""
    assert refusal(forged(header=header)) == Refusal.HEADER


def test_a_header_in_utf_16_is_refused() -> None:
    """Python's JSON would guess the encoding; another reader would see other text."""
    assert refusal(forged(header='{"alg":"HS256"}'.encode("utf-16"))) == Refusal.HEADER


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b'"claims"', b"null", b"\xff", b"[" * 5000, b'{"exp":' + b"9" * 5000 + b"}"],
    ids=["empty", "open", "list", "string", "null", "bytes", "deep", "digits"],
)
def test_claims_that_are_no_json_object_are_refused(payload: bytes) -> None:
    """Even if they are signed."""
    assert refusal(forged(payload=payload)) == Refusal.CLAIMS


def test_claims_of_another_token_are_refused() -> None:
    """The claims of one token under the MAC of another."""
    first, second = honest().split("."), honest(jti="jwt_other").split(".")
    assert refusal(".".join([first[0], second[1], first[2]])) == Refusal.KEY


def test_claims_changed_under_an_old_mac_are_refused() -> None:
    """A later `exp` written into a captured token."""
    header, _, mac = honest().split(".")
    assert refusal(f"{header}.{b64(b'{}')}.{mac}") == Refusal.KEY
