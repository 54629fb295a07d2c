"""Attacks on the body: the signature is over its raw bytes, whatever they mean."""

import base64
import hashlib
import json

from shared.refusals import Refusal
from tests.security.signature.forging import BODY, URL, claims, forged, honest, refusal, verifier


def test_another_body() -> None:
    """An honest token, with the attacker's message beside it."""
    assert refusal(honest(), BODY.replace(b"r-1", b"r-2")) == Refusal.BODY


def test_the_same_json_in_other_bytes() -> None:
    """Parsed and written again, it means the same and is not what was signed."""
    assert refusal(honest(), json.dumps(json.loads(BODY)).encode()) == Refusal.BODY


def test_the_same_json_in_another_order() -> None:
    """The order of members is part of the bytes."""
    again = json.dumps(dict(reversed(json.loads(BODY).items())), separators=(",", ":")).encode()
    assert refusal(honest(), again) == Refusal.BODY


def test_a_line_more() -> None:
    """As an editor or a proxy may add."""
    assert refusal(honest(), BODY + b"\n") == Refusal.BODY


def test_a_byte_order_mark_more() -> None:
    """Some readers would not see it."""
    assert refusal(honest(), b"\xef\xbb\xbf" + BODY) == Refusal.BODY


def test_a_byte_order_mark_is_kept_when_it_is_signed() -> None:
    """The hash is over what was sent, so the way through text must lose nothing."""
    body = b"\xef\xbb\xbf{}"
    verifier().verify(honest(body), body, URL)


def test_base64_of_the_body() -> None:
    """An event whose body was not decoded."""
    assert refusal(honest(), base64.b64encode(BODY)) == Refusal.BODY


def test_a_body_that_decodes_to_the_signed_one() -> None:
    """Signed in base64, sent in plain."""
    assert refusal(honest(base64.b64encode(BODY)), BODY) == Refusal.BODY


def test_a_body_left_out() -> None:
    """Nothing is not what was signed."""
    assert refusal(honest(), b"") == Refusal.BODY


def test_a_body_added_to_an_empty_message() -> None:
    """A cron's empty message, with a payload put in."""
    assert refusal(honest(b""), BODY) == Refusal.BODY


def test_an_empty_body_that_is_signed_is_believed() -> None:
    """Crons send none."""
    verifier().verify(honest(b""), b"", URL)


def test_a_text_beyond_ascii_that_is_signed_is_believed() -> None:
    """The hash is over UTF-8."""
    body = '{"to":"Zoë 🐝"}'.encode()
    verifier().verify(honest(body), body, URL)


def test_bytes_that_are_not_utf_8_in_place_of_the_body() -> None:
    """They are compared as bytes, and nothing crashes."""
    assert refusal(honest(), b"\xff\xfe\x00") == Refusal.BODY


def test_bytes_that_are_not_utf_8_are_refused_even_if_signed() -> None:
    """The authority takes text only, and no message of ours is anything else."""
    assert refusal(honest(b"\xff\xfe\x00"), b"\xff\xfe\x00") == Refusal.NOT_UTF8


def test_a_lone_surrogate_in_utf_8_is_refused_even_if_signed() -> None:
    """Python would decode it leniently and fail to encode it again."""
    assert refusal(honest(b"\xed\xa0\x80"), b"\xed\xa0\x80") == Refusal.NOT_UTF8


def test_a_hash_by_another_algorithm() -> None:
    """SHA-1 and MD5 have collisions."""
    weak = base64.urlsafe_b64encode(hashlib.sha1(BODY).digest()).decode()
    assert refusal(forged(payload=claims(body=weak))) == Refusal.BODY


def test_a_hash_cut_short() -> None:
    """The first bytes of a hash are easily met by another body."""
    assert refusal(forged(payload=claims(body=claims()["body"][:8]))) == Refusal.BODY


def test_an_empty_hash() -> None:
    """No hash is not the hash of anything."""
    assert refusal(forged(payload=claims(body=""))) == Refusal.BODY


def test_a_hash_of_padding_alone() -> None:
    """What is left of it after its padding is nothing."""
    assert refusal(forged(payload=claims(body="====")), b"") == Refusal.BODY


def test_a_hash_in_the_other_base64_alphabet() -> None:
    """`+` and `/` are not `-` and `_`: one spelling only."""
    body = next(b"%d" % n for n in range(100) if {"-", "_"} & set(claims(b"%d" % n)["body"]))
    other = claims(body)["body"].replace("-", "+").replace("_", "/")
    assert refusal(forged(payload=claims(body=other)), body) == Refusal.BODY


def test_a_hash_in_hexadecimal() -> None:
    """Right bytes, another spelling."""
    assert refusal(forged(payload=claims(body=hashlib.sha256(BODY).hexdigest()))) == Refusal.BODY


def test_a_hash_without_padding_is_believed() -> None:
    """QStash pads it, its SDKs strip that before they compare; so do we."""
    verifier().verify(forged(payload=claims(body=claims()["body"].rstrip("="))), BODY, URL)
