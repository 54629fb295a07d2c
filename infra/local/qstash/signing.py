"""Signs a delivery as QStash does: an HS256 token over the destination's URL and the hash of the raw body."""

import base64
import hashlib
from typing import Final

import jwt

LIFETIME: Final = 300


def sign(*, key: str, url: str, body: bytes, token_id: str, now: float) -> str:
    """The value of `Upstash-Signature`; valid for five minutes. The headers are not covered."""
    issued = int(now)
    claims = {
        "iss": "Upstash",
        "sub": url,
        "exp": issued + LIFETIME,
        "nbf": 0,
        "iat": issued,
        "jti": token_id,
        "body": base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return jwt.encode(claims, key, algorithm="HS256")
