"""Makes the names of things, from randomness that is passed in."""

import base64
import secrets
from collections.abc import Callable
from typing import Final

Random = Callable[[int], bytes]
SYSTEM_RANDOM: Final[Random] = secrets.token_bytes


class Ids:
    def __init__(self, random: Random = SYSTEM_RANDOM) -> None:
        self._random = random

    def message(self) -> str:
        return f"msg_{self._letters(28)}"

    def schedule(self) -> str:
        return f"scd_{self._letters(28)}"

    def token(self) -> str:
        return f"jwt_{self._letters(28)}"

    def key(self) -> str:
        """A signing key: 32 bytes, which is what HS256 wants."""
        return f"sig_{self._letters(28)}"

    def _letters(self, count: int) -> str:
        raw = base64.b32encode(self._random(count)).decode().lower()
        return raw[:count]
