"""Tells QStash of an accepted run while its caller waits, but not for long: what is left pending is the relay's."""

import asyncio
from typing import Final

from functions.api.services import Services
from shared.runs.model import Run

PATIENCE: Final = 3.0


async def hand_over_soon(services: Services, run: Run) -> None:
    """A call that is cut off may have been applied: the relay's has the same deduplication id, so it is taken once."""
    try:
        async with asyncio.timeout(PATIENCE):
            handed = await services.enqueuer.hand_over(run)
    except TimeoutError:
        handed = False
    if not handed:
        services.log.warning("left to the relay", extra={"run": run.id, "job": run.job})
