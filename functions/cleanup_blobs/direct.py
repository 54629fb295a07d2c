"""The same work from a command line: no run, no legs, until it is done.

result = await clean(Process("blobs"), CleanupBlobs(bucket=True, dry_run=True), told=lambda progress: ..)
"""

import math
from collections.abc import Callable
from typing import Any

from functions.cleanup_blobs.cleaning import begun, ended, go_on, make_turn
from functions.cleanup_blobs.contract import CleanupBlobs
from functions.cleanup_blobs.progress import Progress
from functions.cleanup_blobs.wiring import wire
from shared.process import Process


async def clean(
    process: Process, payload: CleanupBlobs, told: Callable[[Progress], None] = lambda _: None
) -> dict[str, Any]:
    """What a run's result would be. `told` hears of each page. Raises RetryableError; done again it goes on."""
    world = process.world
    turn = make_turn(payload, wire(process), begun(world), by=world.token(), world=world, log=process.log)

    async def tell(progress: Progress) -> None:
        told(progress)

    await go_on(turn, bucket=payload.bucket, remaining=lambda: math.inf, told=tell)
    return ended(turn)
