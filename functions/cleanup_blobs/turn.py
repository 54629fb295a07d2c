"""What a turn of the job does its passes with: how far it is, whose it is, and what is told of what is gone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from functions.cleanup_blobs.progress import Progress
from functions.cleanup_blobs.services import Services
from shared.clock import World
from shared.database import Database
from shared.errors import RetryableError
from shared.observability import tell_deleted
from shared.storage import Storage

SLOW: Final = 60.0
"""Seconds from a condemnation to the delete: far less than condemned.LIFE."""


@dataclass(frozen=True, slots=True)
class Turn:
    services: Services
    progress: Progress
    by: str
    """Whose condemnations are this turn's: the same for all deliveries of a run."""
    dry_run: bool
    most_share: float
    world: World
    log: Any

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def storage(self) -> Storage:
        return self.services.storage

    def before(self, period: timedelta) -> int:
        """So long before the turn began, in milliseconds since the epoch."""
        return self.progress.began - int(period.total_seconds() * 1000)

    def hurry(self, since: float) -> None:
        """Before a delete, of what was condemned at that time or later. Raises RetryableError when it is long ago.

        A command's process may have been stopped in between, for hours, and others have adopted its condemnations.
        """
        if self.world.now() - since > SLOW:
            raise RetryableError("what was condemned too long ago is not deleted", retry_after=1)

    def tell(self, reason: str, count: int, size: int) -> None:
        """A batch is gone, or, in a dry run, would be."""
        if not count:
            return
        self.progress.add(reason, count, size)
        if not self.dry_run:
            self.log.info("objects deleted", extra={"reason": reason, "count": count, "bytes": size})
            tell_deleted(reason, count, size)

    def tell_failed(self, reason: str, count: int) -> None:
        """The store did not delete them."""
        if count:
            self.progress.failed += count
            self.log.warning("objects not deleted", extra={"reason": reason, "count": count})
