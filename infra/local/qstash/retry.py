"""Decides what follows an attempt: delivered, failed for good, or when the next try is due.

An answer's own words win (Retry-After, X-RateLimit-Reset*), then the publisher's expression, then QStash's
back-off: 12 s, 2m28s, 30m8s, 6h7m6s, 24 h.
"""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from infra.local.qstash.clock import Scale
from infra.local.qstash.durations import parse_duration
from infra.local.qstash.expression import evaluate
from infra.local.qstash.model import Answer, Headers
from infra.local.qstash.settings import DAY

_ANSWER_HEADERS: Final = (
    "Retry-After",
    "X-Ratelimit-Reset",
    "X-Ratelimit-Reset-Requests",
    "X-Ratelimit-Reset-Tokens",
)


def backoff(retry: int) -> float:
    """Seconds before the `retry`-th retry, counted from 1."""
    return min(float(DAY), math.exp(min(2.5 * retry, 700)))


def is_final_refusal(answer: Answer) -> bool:
    """489 with its header: the destination knows that no retry can help."""
    flag = answer.headers.get("Upstash-Nonretryable-Error", [""])[0]
    return answer.status == 489 and flag.strip().lower() == "true"


def next_delay(answer: Answer, *, expression: str | None, retried: int, now: float, scale: Scale) -> float:
    """Real seconds until the next try, when `retried` retries have been made."""
    asked = asked_delay(answer.headers, now=now)
    if asked is not None:
        return asked
    return scale.wait(_own_delay(expression, retried))


def _own_delay(expression: str | None, retried: int) -> float:
    if expression is None:
        return backoff(retried + 1)
    try:
        return min(float(DAY), evaluate(expression, retried=retried) / 1000)
    except ValueError:
        # It was checked with retried = 0 when published; what has no value later falls back.
        return backoff(retried + 1)


def asked_delay(headers: Headers, *, now: float) -> float | None:
    """Seconds that the answer asks for (a day at most), or None where it asks for nothing that can be read."""
    for name in _ANSWER_HEADERS:
        for value in headers.get(name, [])[:1]:
            seconds = _seconds(value, now)
            if seconds is not None:
                return min(float(DAY), max(0.0, seconds))
    return None


def _seconds(value: str, now: float) -> float | None:
    try:
        return parse_duration(value)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    # RFC 1123 dates are GMT; one without a zone would else be read in this machine's.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
