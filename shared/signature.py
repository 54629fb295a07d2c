"""Believes a delivery only if QStash signed exactly these bytes, for exactly this URL, just now.

    shape -> algorithm -> key -> claims -> issuer -> time -> URL -> body -> qstash.Receiver -> Claims

`qstash.Receiver` is the authority: nothing is believed that it refuses. It stands last because it crashes on
some claims, and because it tries a second key after any fault and so reports every fault as that key's. Our
own checks name the true reason, refuse what it overlooks (a token without `jti`, one that lives for a year),
and find the key that signed; the Receiver is then asked about that key alone.

Time is the one thing where ours decides. The Receiver judges it by the machine's clock, and its
`clock_tolerance` has no effect (3.4.0), so that a QStash whose clock is a second ahead would be refused. A
refusal of the Receiver for the time alone is therefore set aside: PyJWT looks at the time after the MAC, so
the authority on the key has spoken by then, and issuer, URL and body have been compared here. In production
both clocks are the machine's, so that this happens only within `TOLERANCE`. A test that injects a clock moves
our judgement and nothing else.
"""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import jwt
from pydantic import SecretStr

from shared.errors import SignatureError
from shared.lone import lone
from shared.refusals import Refusal
from shared.signature_token import RawClaims, Token
from shared.signing_keys import checked_key

lone("qstash")  # its client, and with it httpx, are for those who publish

from qstash.errors import SignatureError as ReceiverRefusal  # noqa: E402 - after the line above
from qstash.receiver import Receiver  # noqa: E402 - likewise

ISSUER: Final = "Upstash"
LIFETIME: Final = 300
"""Seconds from `iat` to `exp` in what QStash signs."""
TOLERANCE: Final = 5
"""Seconds by which two clocks may differ, either way."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a believed delivery says of itself. Times are in seconds since the epoch."""

    jti: str
    """Unique for each delivery; nothing else tells a captured token's second use from its first."""
    issued_at: int
    expires_at: int
    """The token may be used until `TOLERANCE` seconds after this."""
    key: Literal["current", "next"]
    """`next` says that the keys have been rotated and this deployment has not heard of it."""


@dataclass(frozen=True, slots=True, repr=False)
class _Key:
    name: Literal["current", "next"]
    secret: bytes
    receiver: Receiver

    @classmethod
    def of(cls, name: Literal["current", "next"], secret: str) -> "_Key":
        return cls(name, secret.encode(), Receiver(current_signing_key=secret, next_signing_key=secret))

    def signed(self, token: Token) -> bool:
        # The MAC is the one secret value here, so the one comparison whose duration must not depend on it.
        return hmac.compare_digest(hmac.digest(self.secret, token.signed, "sha256"), token.mac)


class Verifier:
    """Judges deliveries by an account's two signing keys.

    Raises `ConfigurationError` for keys that prove nothing.
    """

    def __init__(
        self,
        *,
        current_key: SecretStr | str,
        next_key: SecretStr | str,
        stage: str,
        now: Callable[[], float] = time.time,
        rotated: Callable[[], object] = lambda: None,
    ) -> None:
        """`rotated` is called once, when the first delivery is believed by the next key."""
        self._keys = (
            _Key.of("current", checked_key("QSTASH_CURRENT_SIGNING_KEY", current_key, stage=stage)),
            _Key.of("next", checked_key("QSTASH_NEXT_SIGNING_KEY", next_key, stage=stage)),
        )
        self._now = now
        self._rotated: Callable[[], object] | None = rotated

    def verify(self, signature: str | None, body: bytes, url: str) -> Claims:
        """Raises `SignatureError` with the true reason.

        `body` is the raw bytes, `url` what QStash must have called. A body that is not UTF-8 is refused even
        if it is signed: the Receiver takes text only, and every message of ours is JSON.
        """
        if not signature:
            raise SignatureError(Refusal.MISSING)
        token = Token.parse(signature)
        key = next((key for key in self._keys if key.signed(token)), None)
        if key is None:
            raise SignatureError(Refusal.KEY)
        claims = RawClaims.parse(token.claims)
        if claims.iss != ISSUER:
            raise SignatureError(Refusal.ISSUER)
        _judge_time(claims, self._now())
        if claims.sub != url:
            raise SignatureError(Refusal.URL, signed_for=_without_query(claims.sub))
        if claims.body.rstrip("=") != _digest(body):
            raise SignatureError(Refusal.BODY)
        _ask_authority(key, signature, body, url)
        if key.name == "next" and self._rotated is not None:
            self._rotated()
            self._rotated = None
        return Claims(jti=claims.jti, issued_at=claims.iat, expires_at=claims.exp, key=key.name)


def _judge_time(claims: RawClaims, now: float) -> None:
    if claims.exp - claims.iat > LIFETIME + TOLERANCE:
        raise SignatureError(Refusal.LIFETIME)
    if now >= claims.exp + TOLERANCE:
        raise SignatureError(Refusal.EXPIRED)
    if claims.nbf > now + TOLERANCE:
        raise SignatureError(Refusal.NOT_YET)
    if claims.iat > now + TOLERANCE:
        raise SignatureError(Refusal.ISSUED_LATER)


def _ask_authority(key: _Key, signature: str, body: bytes, url: str) -> None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise SignatureError(Refusal.NOT_UTF8) from None
    try:
        key.receiver.verify(signature=signature, body=text, url=url, clock_tolerance=TOLERANCE)
    except ReceiverRefusal as refusal:
        if not isinstance(refusal.__context__, jwt.ExpiredSignatureError | jwt.ImmatureSignatureError):
            raise SignatureError(Refusal.RECEIVER) from refusal


def _digest(body: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()


def _without_query(url: str) -> str:
    """For the log: a holder of the key wrote it, but its query may be for the destination alone."""
    return ascii(url.partition("?")[0][:200])
