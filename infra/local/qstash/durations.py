"""Reads QStash's durations: `10s`, `6m5s`, `1d10h30m`, or a bare number of seconds."""

import re
from typing import Final

_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_PART: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")


def parse_duration(text: str) -> float:
    """Seconds; ValueError where `text` is no duration."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"invalid duration: {text[:40]!r}")
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))
