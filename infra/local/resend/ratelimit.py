"""The team's rate limit: so many calls in a second, told in headers as Resend does."""

from collections.abc import Callable
from math import ceil
from typing import Final

from infra.local.resend.errors import ApiError

WINDOW: Final = 1.0


class RateLimit:
    """A fixed window of one second that opens with the first call after the last one closed."""

    def __init__(self, rate: int, *, now: Callable[[], float]) -> None:
        """`rate` 0 is unlimited, and then says nothing."""
        self._rate = rate
        self._now = now
        self._opened = float("-inf")
        self._used = 0

    def take(self) -> dict[str, str]:
        """Count one call; returns the headers for its answer, or raises 429 with `retry-after`."""
        if not self._rate:
            return {}
        now = self._now()
        if not 0 <= now - self._opened < WINDOW:
            self._opened, self._used = now, 0
        self._used += 1
        rest = max(1, ceil(self._opened + WINDOW - now))
        headers = {
            "ratelimit-policy": f"{self._rate};w={WINDOW:.0f}",
            "ratelimit-limit": str(self._rate),
            "ratelimit-remaining": str(max(0, self._rate - self._used)),
            "ratelimit-reset": str(rest),
        }
        if self._used > self._rate:
            raise ApiError(
                429,
                "rate_limit_exceeded",
                f"Too many requests. You can only make {self._rate} requests per second.",
                {**headers, "retry-after": str(rest)},
            )
        return headers
