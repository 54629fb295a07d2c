"""What the job stands on besides its payload."""

from dataclasses import dataclass

from shared.context import JobContext
from shared.database import Database
from shared.storage import Storage
from shared.worker import Worker


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    storage: Storage
    typesetter: Worker
    """Kept between deliveries; it runs typesetting/."""


Context = JobContext[Services]
