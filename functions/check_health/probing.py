"""Makes all probes at once, each with an end, and says what each has found.

probe, LIMIT seconds ──┬─ good, and quick ──▶ healthy
                       └─ failed, or slow ──▶ probe once more: the better of the two counts

So a lost packet, the first connection of a cold start, or the import of a library tells nothing of a service.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from shared import deadline
from shared.clock import World
from shared.errors import DependencyDown, MillraceError
from shared.health.model import BADNESS, Look, Status
from shared.told import told, where

Probe = Callable[[], Awaitable[None]]
"""One call of a service, that raises when the service can't be used."""

LIMIT: Final = 5.0
"""Seconds for one probe."""
SLOW: Final = 2.0
"""Seconds: what takes longer answers, and not as it should."""
OVERTIME: Final = 0.5
"""Seconds by which a probe may miss its deadline before it is cut off, which tells less of why."""
LONGEST_REASON: Final = 200


async def looks(probes: Mapping[str, Probe], world: World, log: Any) -> Mapping[str, Look]:
    found = await asyncio.gather(*(_look(name, probe, world, log) for name, probe in probes.items()))
    return dict(zip(probes, found, strict=True))


async def _look(name: str, probe: Probe, world: World, log: Any) -> Look:
    first = await _once(name, probe, world, log)
    if first.found is Status.HEALTHY:
        return first
    return min(first, await _once(name, probe, world, log), key=lambda look: BADNESS[look.found])


async def _once(name: str, probe: Probe, world: World, log: Any) -> Look:
    began = world.monotonic()
    why: str | None = None
    raised: Exception | None = None
    try:
        with deadline.within(LIMIT, world.monotonic):
            async with asyncio.timeout(LIMIT + OVERTIME):
                await probe()
    except TimeoutError:
        why = f"no answer in {LIMIT:g} s"
    except MillraceError as error:
        why = _reason(error)
    except Exception as fault:  # noqa: BLE001 - a fault in one probe must not hide what the others find
        why, raised = f"the probe fails: {type(fault).__name__}", fault
    if raised is not None:  # outside of the handler, where a logger would add the fault's text
        log.error("a probe raised", extra={"probe": name, "fault": type(raised).__name__, "where": where(raised)})
    seconds = world.monotonic() - began
    latency = round(seconds * 1000)
    if why is not None:
        return Look(Status.DOWN, why, latency)
    if seconds > SLOW:
        return Look(Status.DEGRADED, f"slow, {seconds:.1f} s", latency)
    return Look(Status.HEALTHY, latency=latency)


def _reason(error: MillraceError) -> str:
    """Without the service's name, which is said already."""
    said = told(error, LONGEST_REASON)
    return said.removeprefix(f"{error.service}: ") if isinstance(error, DependencyDown) else said
