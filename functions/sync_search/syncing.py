"""The work of the job: compare, if that is asked for, then bring in what waits, then tidy up.

leg 0 ──▶ audit, if asked for ──▶ drain ──▶ tidy, if an audit was asked for ──▶ result
          │                       ├─ time is short ──▶ Continue ──▶ drain
          │                       └─ part of the index is lost ──▶ Continue ──▶ audit: it finds what is missing
          └─ time is short ──▶ Continue ──▶ audit, after the last part
"""

from dataclasses import asdict, replace
from typing import Any

from functions.sync_search.auditing import audit
from functions.sync_search.contract import SyncSearch
from functions.sync_search.draining import drain
from functions.sync_search.progress import Progress
from functions.sync_search.services import Context
from shared.context import Continue
from shared.database import reachable
from shared.documents import backlog
from shared.observability import tell_search
from shared.search.index import Damaged

FROM_THE_START = ""


async def sync_search(payload: SyncSearch, context: Context) -> dict[str, Any] | Continue:
    """The run's result: what all its legs did, and the longest wait (ms) before and after."""
    lag = await _lag(context)
    progress = _begun(payload, context, lag)
    before = replace(progress)
    try:
        finished = await audit(context, progress) and await drain(context, progress)
    except Damaged:
        progress.comparing, finished = FROM_THE_START, False
    finally:
        _tell(context, lag, before, progress)
    if not finished:
        return Continue(asdict(progress))
    collected = (await context.services.index.tidy()).count if payload.audit else 0
    return {
        "indexed": progress.indexed,
        "removed": progress.removed,
        "left": len(progress.left),
        "compared": progress.compared,
        "drifted": progress.drifted,
        "collected": collected,
        "lag": [progress.lag, await _lag(context)],
    }


def _begun(payload: SyncSearch, context: Context, lag: int) -> Progress:
    if context.cursor is not None:
        return Progress(**context.cursor)
    return Progress(lag, FROM_THE_START if payload.audit else None)


def _tell(context: Context, lag: int, before: Progress, now: Progress) -> None:
    """Of this leg alone: metrics are added up."""
    indexed, removed = now.indexed - before.indexed, now.removed - before.removed
    drifted = now.drifted - before.drifted
    tell_search(lag, indexed, drifted if before.comparing is not None else None)
    tell = context.log.error if drifted else context.log.info
    tell("search index", extra={"lag": lag, "indexed": indexed, "removed": removed, "drifted": drifted})


async def _lag(context: Context) -> int:
    """Milliseconds since the oldest change that is not indexed, by our clock."""
    async with reachable():
        since = await backlog.oldest(context.services.database)
    return 0 if since is None else max(0, round(context.world.now() * 1000) - since)
