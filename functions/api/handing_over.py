"""Tells QStash of an accepted run while its caller waits, but not for long: what is left pending is the relay's."""

import asyncio
from typing import Final

from functions.api.services import Services
from shared import deadline, degraded
from shared.database import reachable
from shared.errors import DependencyDown, RetryableError
from shared.runs import outbox
from shared.runs.model import Run

PATIENCE: Final = 3.0
CALL_TIMEOUT: Final = 2.0
"""Seconds for one call of QStash: what it takes longer for counts as its failure, and opens its breaker."""


async def hand_over_soon(services: Services, run: Run) -> None:
    """A call that is cut off may have been applied: the relay's has the same deduplication id, so it is taken once."""
    try:
        with deadline.within(PATIENCE, services.world.monotonic):
            async with asyncio.timeout(PATIENCE):
                handed = await services.enqueuer.hand_over(run)
    except (TimeoutError, RetryableError):
        handed = False
        degraded.to("qstash", "handed over later")
    if not handed:
        services.log.warning("left to the relay", extra={"run": run.id, "job": run.job})


async def hand_over_again(services: Services, run_id: str) -> None:
    """For a run of which only the id is known for sure: where it went on, or never was, nothing is done.

    What the request was for is done: a store that is away now spoils no answer, and the run is left to the relay too.
    """
    try:
        async with reachable():
            found = await outbox.read_many(services.database, [run_id])
    except DependencyDown:
        services.log.warning("left to the relay", extra={"run": run_id})
        return
    for run in found:
        await hand_over_soon(services, run)
