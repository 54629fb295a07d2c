"""The token of a delivery, claim by claim."""

import hashlib
from base64 import urlsafe_b64decode

import jwt

from infra.local.qstash.signing import sign

KEY = "sig_" + "k" * 28
URL = "http://127.0.0.1:1/a?b=c"


def claims(body: bytes) -> dict[str, object]:
    token = sign(key=KEY, url=URL, body=body, token_id="jwt_1", now=1_800_000_000.9)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    decoded: dict[str, object] = jwt.decode(
        token, KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    return decoded


def test_the_claims_are_those_of_the_wire() -> None:
    body = b'{"a": 1}'
    got = claims(body)
    digest = got.pop("body")
    assert got == {
        "iss": "Upstash",
        "sub": URL,
        "iat": 1_800_000_000,
        "exp": 1_800_000_300,
        "nbf": 0,
        "jti": "jwt_1",
    }
    assert isinstance(digest, str)
    assert digest.endswith("=")
    assert urlsafe_b64decode(digest) == hashlib.sha256(body).digest()


def test_bodies_need_not_be_text() -> None:
    assert claims(b"\xff\x00")["body"] != claims(b"")["body"]
