"""The signature of Standard Webhooks, which ours and Resend's (Svix's) webhooks carry.

    v1,base64(HMAC-SHA256(key, "{id}.{timestamp}.{body}"))

The key is what follows `whsec_`, decoded. The header may hold several signatures, separated by spaces, while a key is
rotated. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import hmac
import secrets
from base64 import b64decode, b64encode
from typing import Final

from shared.errors import ConfigurationError

PREFIX: Final = "whsec_"
SHORTEST: Final = 24
"""Bytes of a key, as the specification demands."""


def key_of(name: str, secret: str) -> bytes:
    """The key in a secret. Raises ConfigurationError, which names the setting and never the secret."""
    if not secret.startswith(PREFIX):
        raise ConfigurationError(f"{name} does not begin with {PREFIX}")
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"{name} is not base64 after {PREFIX}") from None
    if len(key) < SHORTEST:
        raise ConfigurationError(f"{name} is too short to be a signing key")
    return key


def sign(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    """One signature. `timestamp` is as it stands in the header: seconds since the epoch."""
    return f"v1,{b64encode(hmac.digest(key, f'{webhook_id}.{timestamp}.'.encode() + body, 'sha256')).decode()}"


def new_secret() -> str:
    """For one receiver: 256 bits from the system's own source."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()
