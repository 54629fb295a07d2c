"""What every store of idempotent requests can do, and what it answers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from shared.idempotency.asked import Asked

WINDOW: Final = timedelta(hours=24)
"""How long a key stands for its request; after it the same key is a new one."""


@dataclass(frozen=True, slots=True)
class New:
    """The request is this caller's to do; `holder` proves it to `complete` and `abandon`."""

    id: str
    holder: str


@dataclass(frozen=True, slots=True)
class InFlight:
    """Another caller is doing it; `retry_after` is in seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True)
class Done:
    """It was done. From the reference the answer is built anew: an id, or an answer that holds no credential."""

    reference: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key stands for a request with another body."""


Verdict = New | InFlight | Done | Mismatch


class Requests(Protocol):
    async def begin(self, asked: Asked) -> Verdict: ...

    async def complete(self, new: New, reference: str, *, owner: str) -> bool:
        """Keep what the repeat is answered from; `owner` is whose it is, for erasure. False: it is no longer ours."""
        ...

    async def abandon(self, new: New) -> bool:
        """Nothing was done: the key is free again. False: it is no longer ours."""
        ...
