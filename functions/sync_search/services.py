"""What the job stands on besides its payload."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from shared.context import JobContext
from shared.database import Database
from shared.search.index import SearchIndex
from shared.search.source import Source


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    index: SearchIndex
    source: Source
    invalidate: Callable[[Collection[str]], Awaitable[None]]
    """Told whose results have changed; never fails."""


Context = JobContext[Services]
