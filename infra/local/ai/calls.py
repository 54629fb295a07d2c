"""Every call that got past the credentials, so that a test can count them."""

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

KEPT: Final = 10_000
"""Calls; those before are forgotten."""

Credentials = Literal["key", "signature"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, whichever protocol it came by."""

    model: str
    credentials: Credentials
    system: str
    prompt: str
    name: str
    """Of the tool, or the schema."""
    schema: dict[str, Any]


@dataclass(slots=True)
class Call:
    """Sizes are in characters."""

    api: str
    model: str
    credentials: Credentials
    system: int
    prompt: int
    document: int
    tokens: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    _calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, call: Call) -> None:
        self._calls.append(call)

    def clear(self) -> int:
        """Returns how many there were."""
        known = len(self._calls)
        self._calls.clear()
        return known

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(call) for call in self._calls]
