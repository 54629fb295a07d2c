"""Believes a webhook only if Resend signed exactly these bytes, just now.

    svix-id, svix-timestamp, svix-signature there and of their form  ->  time  ->  key  ->  Believed

Resend signs by Svix's scheme (shared/webhooks/signing.py). The header may hold several signatures: while Resend
rotates its secret each webhook is signed by both, and so may we know two. One that fits is enough.

Not by `resend.Webhooks.verify`, though it computes the same. Importing it takes 0.2 s (requests and httpx), which is
more than the rest of this door. It also believes what it need not (2.52.0): signatures of any version (`v1a` is
Svix's name for another algorithm), timestamps with spaces, signs, underscores and other digits than ASCII's, an empty
secret; and parses the body in the same step, which ends deeply nested JSON in a RecursionError. A test holds that it
takes whatever is taken here. https://docs.svix.com/receiving/verifying-payloads/how-manual
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from shared.config import MailEventSettings
from shared.errors import ConfigurationError, SignatureError
from shared.webhooks.signing import key_of, sign

TOLERANCE: Final = 300
"""Seconds from when it was signed, either way."""
SECRETS: Final = "RESEND_WEBHOOK_SECRET"

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
"""Without a dot: the parts are signed joined by dots, and must not be cut elsewhere than Resend joined them."""
_SECONDS: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_LONGEST: Final = 2_000
"""Characters of a `svix-signature`, which is forty signatures."""


class Unproven(StrEnum):
    """Why a webhook is not believed; no word of it is the caller's."""

    MISSING = "a svix header is missing"
    FORM = "a svix header has another form"
    OLD = "signed too long ago"
    EARLY = "signed in the future"
    KEY = "signed by no key that is configured"


@dataclass(frozen=True, slots=True)
class Believed:
    """`id` is the same in every repeat. `key` counts from one: two says that the first secret is not in use yet."""

    id: str
    key: int


@dataclass(frozen=True, slots=True, repr=False)
class Verifier:
    keys: Sequence[bytes]
    now: Callable[[], float]
    """Seconds since the epoch."""

    @classmethod
    def of(cls, settings: MailEventSettings, now: Callable[[], float]) -> Self:
        """Raises ConfigurationError for secrets that prove nothing."""
        secrets = settings.resend_webhook_secret.get_secret_value().split(",")
        if len(secrets) > 2:
            raise ConfigurationError(f"{SECRETS} holds more than the current secret and the one before")
        return cls([key_of(SECRETS, secret.strip()) for secret in secrets], now)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Believed:
        """`headers` by their names in lower case, `body` the raw bytes. Raises SignatureError with the true reason."""
        given = [headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")]
        if not all(given):
            raise SignatureError(Unproven.MISSING)
        webhook_id, timestamp, signatures = given
        if not _ID.fullmatch(webhook_id) or not _SECONDS.fullmatch(timestamp) or len(signatures) > _LONGEST:
            raise SignatureError(Unproven.FORM)
        age = self.now() - int(timestamp)
        if abs(age) > TOLERANCE:
            raise SignatureError(Unproven.OLD if age > 0 else Unproven.EARLY)
        for number, key in enumerate(self.keys, start=1):
            wanted = sign(key, webhook_id, timestamp, body).encode()
            fits = [hmac.compare_digest(wanted, one.encode("utf-8", "replace")) for one in signatures.split(" ")]
            if any(fits):
                return Believed(webhook_id, number)
        raise SignatureError(Unproven.KEY)
