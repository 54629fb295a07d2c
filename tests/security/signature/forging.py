"""What an attacker works with: honest tokens by PyJWT, and hostile ones put together by hand."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, Final

import jwt
import pytest

from shared.errors import SignatureError
from shared.signature import Verifier

CURRENT: Final = "sig_currentcurrentcurrentcurrent"
NEXT: Final = "sig_nextnextnextnextnextnextnext"
OLD: Final = "sig_oldoldoldoldoldoldoldoldoldo"
URL: Final = "https://abc123.lambda-url.eu-west-1.on.aws/send_email?tenant=7"
BODY: Final = b'{"v":1,"run":"r-1","job":"send_email","leg":0,"epoch":0}'
RSA_PUBLIC_KEY: Final = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxB96t69SD55iGjGjXY3L
A/kEjR4WwQpPRVI3cOa223NbL4HKVl7/2kcKmPt5QWu8vQVjl6zScA5RytPaQkMB
607oIB8JXjwDrWpxWDv1CgFOQUu83qeQdQRYHua1KfylQ1HKmdkLKPbaXxlu1Ab+
OcjrFTZVtTvHpZKRhvdqDxZSPVMS/HYoL2P44t26Lf4wH1YcCrSsn3+jztK9L3Bk
+XTSCIFSz1W/EPq2iHkxUPX5qOExUKQUQlyA3MhAq+YV2BjTsGk1wDfCw3vuJcMb
g9WpVlj5iRo82arQnBZI0hwWXUh+qVji0hryhijhYFQ/eM+3UdoQI3phQMoBmjid
0wIDAQAB
-----END PUBLIC KEY-----
"""
ABSENT: Final = object()
"""In place of a claim's value: leave the claim out."""


def now() -> int:
    """The machine's time, because `qstash.Receiver` judges by no other."""
    return int(time.time())


def verifier(
    *,
    current: str = CURRENT,
    next_key: str = NEXT,
    stage: str = "prod",
    clock: Callable[[], float] = time.time,
) -> Verifier:
    return Verifier(current_key=current, next_key=next_key, stage=stage, now=clock)


def claims(body: bytes = BODY, url: str = URL, /, **changes: Any) -> dict[str, Any]:
    """What QStash signs for a delivery of `body` to `url`, with some claims changed or left `ABSENT`."""
    issued = now()
    honest = {
        "iss": "Upstash",
        "sub": url,
        "exp": issued + 300,
        "nbf": 0,
        "iat": issued,
        "jti": "jwt_67kxXD6UBAk7DqU6hzuHMDdXFXfP",
        "body": base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return {name: value for name, value in {**honest, **changes}.items() if value is not ABSENT}


def honest(body: bytes = BODY, /, *, url: str = URL, key: str = CURRENT, **changes: Any) -> str:
    """A token as QStash makes it."""
    return jwt.encode(claims(body, url, **changes), key, algorithm="HS256")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(
    *,
    header: object = None,
    payload: object = None,
    key: str = CURRENT,
    digest: str = "sha256",
) -> str:
    """A token whose MAC is right for `key` whatever its other parts say; `bytes` stand for themselves."""
    parts = [{"alg": "HS256", "typ": "JWT"} if header is None else header, claims() if payload is None else payload]
    signed = ".".join(b64(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts)
    return f"{signed}.{b64(hmac.digest(key.encode(), signed.encode(), digest))}"


def refusal(
    signature: str | None,
    body: bytes = BODY,
    url: str = URL,
    *,
    by: Verifier | None = None,
) -> str:
    """Why a delivery is refused; fails the test if it is believed."""
    with pytest.raises(SignatureError) as caught:
        (by or verifier()).verify(signature, body, url)
    return caught.value.reason
