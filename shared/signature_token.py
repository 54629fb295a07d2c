"""Reads an `Upstash-Signature` header: its shape before the key is known, its claims after.

A token is a JWT in compact form, `header.claims.mac`, each part base64url without padding and in the one
canonical spelling, so that no other string of characters is the same token.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final, Self

from shared.errors import SignatureError
from shared.refusals import Refusal

LONGEST: Final = 8192
"""Characters; API Gateway and Function URLs allow about 10 KB for all headers together."""

ALGORITHM: Final = "HS256"
CLAIMS: Final[dict[str, type]] = {
    "iss": str,
    "sub": str,
    "exp": int,
    "nbf": int,
    "iat": int,
    "jti": str,
    "body": str,
}

_ID: Final = re.compile(r"[!-~]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the right shape, signed by nobody knows whom."""

    signed: bytes = field(repr=False)
    """What the MAC is over: the first two segments as they were sent."""
    mac: bytes = field(repr=False)
    claims: bytes = field(repr=False)

    @classmethod
    def parse(cls, signature: str) -> Self:
        """Raises `SignatureError` for anything that is not one HS256 token."""
        if len(signature) > LONGEST:
            raise SignatureError(Refusal.TOO_LONG)
        if "," in signature:  # AWS and `shared.events` join a header that came twice by a comma; no token has one
            raise SignatureError(Refusal.REPEATED)
        segments = signature.split(".")
        if len(segments) != 3:
            raise SignatureError(Refusal.SEGMENTS)
        header, claims, mac = map(_decode, segments)
        _check_header(_json_object(header, Refusal.HEADER))
        return cls(signed=signature.rpartition(".")[0].encode("ascii"), mac=mac, claims=claims)


@dataclass(frozen=True, slots=True)
class RawClaims:
    """Every claim that QStash signs, present and of its type; what they say is still to be judged."""

    iss: str
    sub: str
    exp: int
    nbf: int
    iat: int
    jti: str
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Claims beyond those of QStash are let be: it may add some."""
        found = _json_object(data, Refusal.CLAIMS)
        for name, kind in CLAIMS.items():
            if name not in found:
                raise SignatureError(Refusal.CLAIM_MISSING, claim=name)
            if type(found[name]) is not kind:  # isinstance would take true for 1
                raise SignatureError(Refusal.CLAIM_FORM, claim=name)
        if not _ID.fullmatch(found["jti"]):  # becomes a record's id
            raise SignatureError(Refusal.CLAIM_FORM, claim="jti")
        return cls(**{name: found[name] for name in CLAIMS})


def _check_header(header: dict[str, Any]) -> None:
    if header.get("alg") != ALGORITHM:
        raise SignatureError(Refusal.ALGORITHM)
    if "crit" in header or "b64" in header:  # extensions that change what the MAC is over
        raise SignatureError(Refusal.HEADER)


def _decode(segment: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise SignatureError(Refusal.ENCODING) from None
    # Python skips characters outside the alphabet and ignores bits left over: only the one spelling comes back.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != segment:
        raise SignatureError(Refusal.ENCODING)
    return data


def _json_object(data: bytes, refusal: Refusal) -> dict[str, Any]:
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):  # without its cause: that would quote what a stranger sent
        raise SignatureError(refusal) from None
    if not isinstance(value, dict):
        raise SignatureError(refusal)
    return value
