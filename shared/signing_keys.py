"""Refuses signing keys that anyone could sign with, before the first delivery is looked at."""

from typing import Final

from pydantic import SecretStr

from shared.errors import ConfigurationError

PREFIX: Final = "sig_"
SHORTEST: Final = 20
"""Characters after the prefix; QStash's own keys have 28."""

DEVELOPMENT_KEYS: Final = frozenset(
    {
        "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r",
        "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs",
        "sig_7GVPjvuwsfqF65iC8fSrs1dfYruM",
        "sig_5NoELc3EFnZn4DVS5bDs2Nk4b7Ua",
        "sig_6jWGaWRxHsw4vMSPJprXadyvrybF",
        "sig_7qHbvhmahe5GwfePDiS5Lg3pi6Qx",
        "sig_5T8FcSsynBjn9mMLBsXhpacRovJf",
        "sig_7GFR4YaDshFcqsxWRZpRB161jguD",
    }
)
"""The four users of QStash's development server: https://upstash.com/docs/qstash/howto/local-development"""

DEVELOPMENT_TOKENS: Final = frozenset(
    {
        "eyJVc2VySUQiOiJkZWZhdWx0VXNlciIsIlBhc3N3b3JkIjoiZGVmYXVsdFBhc3N3b3JkIn0=",
        "eyJVc2VySUQiOiJ0ZXN0VXNlcjEiLCJQYXNzd29yZCI6InRlc3RQYXNzd29yZCJ9",
        "eyJVc2VySUQiOiJ0ZXN0VXNlcjIiLCJQYXNzd29yZCI6InRlc3RQYXNzd29yZCJ9",
        "eyJVc2VySUQiOiJ0ZXN0VXNlcjMiLCJQYXNzd29yZCI6InRlc3RQYXNzd29yZCJ9",
    }
)
"""The same users' tokens."""


def checked_key(name: str, key: SecretStr | str, *, stage: str) -> str:
    """The plain key, or a `ConfigurationError` that names the setting and never the key.

    An empty or short key is refused in every stage, the development server's keys in every stage but `local`.
    """
    plain = key.get_secret_value() if isinstance(key, SecretStr) else key
    if not plain:
        raise ConfigurationError(f"{name} is empty")
    if not plain.isascii() or not plain.isprintable() or " " in plain:
        raise ConfigurationError(f"{name} holds white space or other characters that no key has")
    if len(plain.removeprefix(PREFIX)) < SHORTEST:
        raise ConfigurationError(f"{name} is too short to be a signing key")
    if stage != "local" and plain in DEVELOPMENT_KEYS:
        raise ConfigurationError(f"{name} is a publicly known development key")
    return plain
