"""What the job needs besides its payload."""

from dataclasses import dataclass

from shared.database import Database
from shared.storage import Storage
from shared.worker import Worker


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    storage: Storage
    worker: Worker
    """The typesetter's."""
