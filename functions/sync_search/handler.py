"""The job and cron that keep the search index: what comes in (contract.py), and what is done (syncing.py)."""

from typing import Any

from functions.bundle import job
from functions.sync_search.contract import CONTRACT, SyncSearch
from functions.sync_search.services import Context, Services
from functions.sync_search.syncing import sync_search
from shared.context import Continue
from shared.process import Process


def wire(process: Process) -> Services:
    """At the first run. Redis' client and the engine are imported here, boto3 at the first call."""
    from shared.search.cached import SearchCache
    from shared.search.source import Source

    source = Source(process.database, process.storage, process.log)
    cache = SearchCache(process.redis, process.world)
    return Services(process.database, process.search, source, cache.invalidate)


@job(CONTRACT, services=wire)
async def handler(payload: SyncSearch, context: Context) -> dict[str, Any] | Continue:
    return await sync_search(payload, context)
