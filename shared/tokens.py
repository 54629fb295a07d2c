"""Sign-in tokens: derived from a run's id by a named key, so that a token stands nowhere but in its mail (case 24).

    token = HMAC-SHA256(key, "millrace/sign-in/1" NUL kid NUL run id)     in the mail, in the link's fragment
    hash  = SHA-256(token)                                                in the store

Whoever reads the store, QStash or a log has a run's id and a hash, and neither opens anything. The key's id is
stored with the run: a rotation puts a new key first, and the old one stays listed until its last mail is out and
its last link has ended, because a repeated delivery must derive the same bytes.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from shared.config import TokenSettings
from shared.errors import ConfigurationError, RetryableError

SHORTEST: Final = 32
"""Characters of a secret, outside the local stage."""

_PURPOSE: Final = "millrace/sign-in/1"
_KID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys by their ids. `current` is the one that new tokens are made with."""

    current: str
    _keys: Mapping[str, bytes] = field(repr=False)

    def token(self, kid: str, run_id: str) -> str:
        """The token of one run: 43 characters that are safe in a URL.

        A key that is not here may be one that this function has not been deployed with yet: RetryableError.
        """
        key = self._keys.get(kid)
        if key is None:
            raise RetryableError("the token key that this run names is not configured")
        message = f"{_PURPOSE}\0{kid}\0{run_id}".encode()
        return urlsafe_b64encode(hmac.digest(key, message, "sha256")).rstrip(b"=").decode()


def key_ring(settings: TokenSettings) -> KeyRing:
    """The ring that TOKEN_KEYS describes, or ConfigurationError. No message repeats a secret."""
    keys: dict[str, bytes] = {}
    for place, entry in enumerate(settings.token_keys.get_secret_value().split(","), start=1):
        kid, _, secret = (part.strip() for part in entry.partition(":"))
        if not _KID.fullmatch(kid):
            raise ConfigurationError(f"TOKEN_KEYS: entry {place} is not `kid:secret`")
        if kid in keys:
            raise ConfigurationError(f"TOKEN_KEYS: entry {place} has the id of an earlier one")
        if not secret or (settings.stage != "local" and len(secret) < SHORTEST):
            raise ConfigurationError(f"TOKEN_KEYS: the secret of entry {place} is shorter than {SHORTEST} characters")
        keys[kid] = secret.encode()
    return KeyRing(next(iter(keys)), MappingProxyType(keys))


def token_hash(token: str) -> str:
    """What is stored of a token: it is random enough that nothing slower is needed."""
    return sha256(token.encode()).hexdigest()


def sign_in_link(app_url: str, run_id: str, token: str) -> str:
    """Both in the fragment, which no server, proxy or Referer header ever sees."""
    return f"{app_url}/sign-in#run={quote(run_id, safe='')}&token={token}"
