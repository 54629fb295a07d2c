"""How long a service that throttles is left alone: as it says in `Retry-After`, within bounds."""

from collections.abc import Mapping
from typing import Final

PAUSE: Final = 5.0
"""Seconds, where it names none."""
LONGEST: Final = 300.0


def pause(headers: Mapping[str, str]) -> float:
    """Of an answer's headers, their names in lower case. A date counts as none named."""
    said = headers.get("retry-after", "").strip()
    return min(LONGEST, max(1.0, float(said))) if said.isascii() and said.isdigit() else PAUSE
