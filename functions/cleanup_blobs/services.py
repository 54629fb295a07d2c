"""What the job stands on besides its payload."""

from collections.abc import Callable
from dataclasses import dataclass

from functions.cleanup_blobs.periods import Periods
from shared.context import JobContext
from shared.database import Database
from shared.search.index import SearchIndex
from shared.storage import Storage


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    storage: Storage
    index: Callable[[], SearchIndex]
    """Its engine is imported when it is asked for: once a day."""
    most_share: float
    """Of the objects in the bucket that may go in one turn."""
    periods: Periods


Context = JobContext[Services]
