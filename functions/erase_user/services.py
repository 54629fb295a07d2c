"""What the job stands on besides its payload."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.context import JobContext
from shared.database import Database
from shared.storage import Storage


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    storage: Storage
    forget_requests: Callable[[str], Awaitable[int]]
    """All of the user's requests that were kept for a repeat; how many (shared/idempotency/records.py)."""
    forget_answers: Callable[[str], Awaitable[int]]
    """A page of what a model has said of the user's documents; how many answers that were (shared/ai/kept_for.py)."""
    take_back: Callable[[str], Awaitable[None]]
    """Spares QStash the delivery of a message, by its id. Raises RetryableError; the delivery would do nothing."""


Context = JobContext[Services]
