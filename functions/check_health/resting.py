"""A probe that is paid for rests for an hour, while all is well with its service.

Found to fail by its own call, it is asked at each turn until the service is healthy again: a call that fails costs
nothing. So an outage of such a service is told within the hour, and its end as soon as any other's.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from functions.check_health.probing import Probe
from shared.health.model import Health, Status

RESTS: Final = timedelta(hours=1)


def due(
    probes: Mapping[str, Probe], costly: Collection[str], before: Health | None, *, at: int, time_scale: float
) -> Mapping[str, Probe]:
    """The probes of a turn at `at`, in milliseconds."""
    rests = RESTS.total_seconds() * 1000 / time_scale
    return {name: probe for name, probe in probes.items() if name not in costly or not _rests(name, before, at, rests)}


def _rests(name: str, before: Health | None, at: int, rests: float) -> bool:
    part = before.parts.get(name) if before else None
    if part is None or {part.status, part.found} != {Status.HEALTHY}:
        return False
    return at - part.found_at < rests
