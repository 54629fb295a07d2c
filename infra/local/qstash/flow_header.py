"""Reads `Upstash-Flow-Control-Value: parallelism=2, rate=10, period=1m`."""

import math
from typing import Final

from infra.local.qstash.durations import parse_duration
from infra.local.qstash.errors import bad_request
from infra.local.qstash.model import FlowControl
from infra.local.qstash.settings import DAY

LONGEST_PERIOD: Final = 7 * DAY


def parse_flow(key: str | None, value: str | None) -> FlowControl | None:
    """None without a key; 400 where the value is not three known numbers or names no limit."""
    if key is None:
        return None
    parts = _parts(value or "")
    parallelism, rate = parts.get("parallelism"), parts.get("rate")
    if parallelism is None and rate is None:
        raise bad_request("flow control needs a parallelism or a rate")
    return FlowControl(
        key=key,
        parallelism=None if parallelism is None else count("parallelism", parallelism),
        rate=None if rate is None else count("rate", rate),
        period=period(parts.get("period", "1s")),
    )


def count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:10]) <= 1_000_000:
        raise bad_request(f"invalid flow control {name}: a positive number is expected")
    return int(text)


def period(text: str) -> int:
    """Whole seconds, up to a week."""
    try:
        seconds = math.ceil(parse_duration(text))
    except ValueError as error:
        raise bad_request(f"invalid flow control period: {error}") from error
    if not 1 <= seconds <= LONGEST_PERIOD:
        raise bad_request("invalid flow control period: a second to a week is expected")
    return seconds


def _parts(value: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for piece in value.split(","):
        name, separator, text = piece.strip().lower().partition("=")
        # The first published name of `rate`, which old clients still send.
        name = "rate" if name.strip() == "ratepersecond" else name.strip()
        if not separator or name not in {"parallelism", "rate", "period"}:
            raise bad_request(f"invalid flow control value: {piece.strip()[:40]!r}")
        parts[name] = text.strip()
    return parts
