"""Reads a schedule's cron, with its optional `CRON_TZ=Area/City ` prefix, and finds its next moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from infra.local.qstash.clock import Scale

_PREFIX: Final = "CRON_TZ="
_FIELDS: Final = 5


@dataclass(frozen=True, slots=True)
class Cron:
    expression: str
    zone: tzinfo

    def after(self, moment: float) -> float:
        """The first firing after `moment`; both in Unix seconds. ValueError where it never fires."""
        try:
            found: datetime = next(CronSim(self.expression, datetime.fromtimestamp(moment, self.zone)))
        except StopIteration:
            raise ValueError("cron never fires") from None
        return found.timestamp()


def parse_cron(text: str) -> Cron:
    """ValueError where it is no five-field cron or names no zone."""
    zone: tzinfo = UTC
    expression = text.strip()
    if expression.startswith(_PREFIX):
        name, _, expression = expression.removeprefix(_PREFIX).partition(" ")
        zone = _zone(name)
    if len(expression.split()) != _FIELDS:
        raise ValueError(f"invalid cron: {_FIELDS} fields are expected")
    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError as error:
        raise ValueError(f"invalid cron: {error}") from error
    return Cron(expression.strip(), zone)


def next_firing(cron: str, *, now: float, origin: float, scale: Scale) -> float:
    """When a schedule made at `origin` fires next, in real time, on a clock that runs `scale` times faster."""
    # A microsecond of real time more, lest rounding finds the moment that has just been.
    shown = scale.virtual(now + 1e-6, origin)
    return scale.real(parse_cron(cron).after(shown), origin)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"invalid cron: unknown time zone {name[:60]!r}") from None
