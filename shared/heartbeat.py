"""Keeps the lease of work that outlasts a minute, and stops the work when the lease can't be kept.

    working ──────────────────────────▶ outcome
       │  beat    beat    beat (refused: lost to another, or its cancellation is wanted)
       ▼    ▼       ▼       ▼
     renew  renew   renew   stop ─────▶ INTERRUPTED; the settle finds out which of the two it was

The heartbeat is stopped and joined before anything is settled: one that is under way would wait for the settling
transaction and then look like a lost lease (case 13).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from shared.clock import Sleep
from shared.errors import DependencyDown
from shared.runs.settle import Outcome, Retrying

INTERRUPTED: Final = Retrying(0.0, {"code": "interrupted", "message": "stopped: lease lost or cancellation requested"})


async def kept(
    work: Coroutine[Any, Any, Outcome], *, renew: Callable[[], Awaitable[bool]], every: float, sleep: Sleep
) -> Outcome:
    """The work's outcome, its lease renewed `every` so many seconds."""
    working = asyncio.create_task(work)
    beating = asyncio.create_task(_beat(renew, every, sleep))
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
        return INTERRUPTED if working.cancelled() else working.result()
    finally:
        beating.cancel()
        await asyncio.wait({beating})


async def _beat(renew: Callable[[], Awaitable[bool]], every: float, sleep: Sleep) -> None:
    """Returns when the lease is refused. The store being away is borne: a lease has room for two missed beats."""
    held = True
    while held:
        await sleep(every)
        try:
            held = await renew()
        except DependencyDown:
            continue
