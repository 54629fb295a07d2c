"""What AWS calls for the API: FastAPI under Mangum, on the process's one loop. Nothing is built before the first event.

Mangum reads the server's name from the Host header and stumbles over what a caller can put there, so it is given the
name that AWS routed by. Nothing else looks at it either: links are built from configuration (case 25).
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property, partial
from typing import Any, Final

from mangum import Mangum

from functions.alerts import alerting
from functions.api.app import create_app
from functions.api.erasing import REQUESTS_END
from functions.api.handing_over import CALL_TIMEOUT
from functions.api.problems import MEDIA_TYPE
from functions.api.services import Services
from functions.registry import contracts
from shared.answers import LambdaAnswer
from shared.config import AppSettings, HousekeepingSettings, TokenSettings, UploadSettings, load
from shared.documents.uploads import URL_LIVES
from shared.enqueue import Enqueuer
from shared.health.records import PERIOD
from shared.observability import count_degraded
from shared.process import Process
from shared.rate_limits import RedisRateLimits
from shared.search.cached import SearchCache
from shared.tokens import key_ring

SHORTEST_URL: Final = timedelta(seconds=5)
"""However fast the time of the local stage goes: a client must come to use it."""
NOT_FROM_CALLERS: Final = frozenset({"host", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"})


def build(process: Process) -> Services:
    """Everything that the API stands on. Opens no connection."""
    app, time_scale = load(AppSettings), load(HousekeepingSettings).time_scale
    enqueuer = Enqueuer(
        process.database,
        process.publisher(limit=CALL_TIMEOUT),
        contracts(),
        process.world,
        alerting(process.database),
    )
    return Services(
        stage=app.stage,
        app_url=app.app_url,
        cors_origins=app.cors_origins,
        database=process.database,
        enqueuer=enqueuer,
        limits=RedisRateLimits(process.redis, process.world),
        storage=process.storage,
        upload_limits=load(UploadSettings).upload_limits,
        urls_live=max(URL_LIVES / time_scale, SHORTEST_URL),
        requests_end=REQUESTS_END / time_scale,
        checked_every=PERIOD / time_scale,
        index=lambda: process.search,
        found=SearchCache(process.redis, process.world),
        token_keys=key_ring(load(TokenSettings)),
        world=process.world,
        log=process.log,
        on_degraded=partial(count_degraded, "api"),
    )


class ApiHandler:
    def __init__(self, process: Process) -> None:
        self._process = process

    def __call__(self, event: Mapping[str, Any], context: Any) -> LambdaAnswer:
        return self._mangum(routed(event), context)

    @cached_property
    def _mangum(self) -> Mangum:
        logging.getLogger("mangum").setLevel(logging.CRITICAL)  # its lines hold paths; ours hold what we vouch for
        _ = self._process.loop  # current from here on, which is where Mangum looks for it
        app = create_app(build(self._process))
        return Mangum(app, lifespan="off", text_mime_types=["text/", "application/json", MEDIA_TYPE])


def routed(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event, naming the host that AWS routed by in the place of what the caller says.

    One without a source address (nobody but a hand-made test sends one) is served all the same, counted as `unknown`.
    """
    headers = {name: value for name, value in event["headers"].items() if name.lower() not in NOT_FROM_CALLERS}
    context = event["requestContext"]
    known = {**context, "http": {"sourceIp": "", **context["http"]}}
    return {**event, "headers": {**headers, "host": context["domainName"]}, "requestContext": known}


handler: Final = ApiHandler(Process("api"))
