"""Times as people type and read them, and as the records hold them: milliseconds since the epoch.

2h  90min  3d          so long ago
2026-11-30             the beginning of that day in UTC
2026-11-30T08:00       that moment, in UTC where it names no zone
"""

import re
from datetime import UTC, datetime
from typing import Final

from shared.runs.model import instant, milliseconds

_SPAN: Final = re.compile(r"(\d{1,6}) ?(s|min|m|h|d|w)")
_SECONDS: Final = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def moment(text: str, *, now: float) -> int:
    """What was typed, in milliseconds; `now` in seconds. Raises ValueError, whose text is for who typed it."""
    if span := _SPAN.fullmatch(text.strip()):
        return round((now - int(span[1]) * _SECONDS[span[2]]) * 1000)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: write 2h, 3d, 2026-11-30 or 2026-11-30T08:00") from None
    return milliseconds(found if found.tzinfo else found.replace(tzinfo=UTC))


def length(milliseconds: float) -> str:
    """A duration to read: `850 ms`, `12 s`, `3 min`, `26 h`, `9 d`."""
    if abs(milliseconds) < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 10:
        return f"{seconds:.1f} s"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size * 2 or size == 1)
    return f"{seconds / size:.0f} {unit}"


def ago(milliseconds: int | None, *, now: float) -> str:
    """How long ago a moment was, or how far it is ahead; `now` in seconds."""
    if milliseconds is None:
        return ""
    passed = now * 1000 - milliseconds
    return f"{length(passed)} ago" if passed >= 0 else f"in {length(-passed)}"


def written(milliseconds: int, *, now: float | None = None) -> str:
    """A moment in full, and how long ago it was where that is asked for."""
    text = f"{instant(milliseconds):%Y-%m-%d %H:%M:%S} UTC"
    return text if now is None else f"{text} ({ago(milliseconds, now=now)})"
