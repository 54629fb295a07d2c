"""What the routes stand on: built once a process by the handler, or by a test, and passed to the app."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request

from functions.api.erasing import REQUESTS_END
from shared.clock import World
from shared.config import Stage
from shared.database import Database
from shared.documents.uploads import URL_LIVES
from shared.enqueue import Enqueuer
from shared.health.records import PERIOD
from shared.rate_limits import RateLimits
from shared.search.cached import SearchCache
from shared.search.index import SearchIndex
from shared.storage import Storage
from shared.tokens import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    stage: Stage
    app_url: str
    cors_origins: tuple[str, ...]
    database: Database
    enqueuer: Enqueuer
    limits: RateLimits
    storage: Storage
    upload_limits: Mapping[str, int]
    """The most bytes of an upload, by its content type."""
    urls_live: timedelta = URL_LIVES
    """How long a URL works that a file is put to."""
    requests_end: timedelta = REQUESTS_END
    """How long after it has passed the door a request can still be at work."""
    checked_every: timedelta = PERIOD
    """How often the checks of health run."""
    index: Callable[[], SearchIndex]
    """Built at its first call: no other route pays for an engine."""
    found: SearchCache
    token_keys: KeyRing
    world: World
    log: Any
    on_degraded: Callable[[], None] = lambda: None
    """Called once for each request that was served in a lesser way."""

    @property
    def local(self) -> bool:
        """Whether this is the stage that is served over plain http, on loopback."""
        return self.stage == "local"


async def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


WithServices = Annotated[Services, Depends(services)]
