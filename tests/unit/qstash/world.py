"""What the server takes from outside, made for tests: a clock, randomness, a destination."""

from collections.abc import Callable

import httpx


class FakeClock:
    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


class Replies:
    """A destination that gives the replies of a list in turn, then 200; it keeps the requests."""

    def __init__(self) -> None:
        self.next: list[httpx.Response] = []
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.next.pop(0) if self.next else httpx.Response(200)


def counting() -> Callable[[int], bytes]:
    """Randomness that never repeats and surprises nobody."""
    count = 0

    def take(size: int) -> bytes:
        nonlocal count
        count += 1
        return count.to_bytes(size, "little")

    return take
