"""The library's sliding window, counting in windows of Redis' time.

upstash-ratelimit takes the time from its caller's clock: one that is wrong by minutes counts in a window of its own,
so that the limit opens to whoever is served by it, and each jump of it opens the limit anew. Here the caller's clock
does no more than guess which window Redis is in, since the keys must be named before the script runs:

    guess ──▶ script ── Redis is in that window ──▶ the library's script, at Redis' time ──▶ decision
      ▲          └───── it is in another ──▶ what time it is
      └────────────── learnt ◀──────────────────┘

Every answer tells the time, so a guess is wrong once a process, or after its clocks have stood still. A Redis that does
not know the script is told it, which is one more call as well.
"""

import math
from collections.abc import Callable, Generator
from typing import Any, Final

from upstash_ratelimit import SlidingWindow
from upstash_ratelimit.limiter import Response
from upstash_redis.asyncio import Redis as UpstashRedis
from upstash_redis.errors import UpstashError

from shared.script import Script
from shared.script_answers import EXACT

GUESSES: Final = 3
UNKNOWN_SCRIPT: Final = "NOSCRIPT"
ANOTHER_WINDOW: Final = -2

# Without its first line, whose flag is Upstash's own: every key is declared, so no lock is lost by it.
_OF_THE_LIBRARY: Final = SlidingWindow.SCRIPT.removeprefix("#!lua flags=allow-key-locking\n")

SCRIPT: Final = Script(f"""
local function limit(ARGV)
{_OF_THE_LIBRARY}
end
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[3])
if math.floor(ARGV[2] / window) ~= math.floor(now / window) then
    return {{{ANOTHER_WINDOW}, now}}
end
local remaining = limit({{ARGV[1], now, window, ARGV[4]}})
if remaining >= 0 then
    return {{remaining, now}}
end
return {{-1, now, tonumber(redis.call("GET", KEYS[1]) or 0), tonumber(redis.call("GET", KEYS[2]) or 0)}}
""")
"""The library's script as a function, at Redis' time: `{remaining, now}`; a refusal adds what was counted."""


class RedisTime:
    """The best guess of Redis' clock in milliseconds: this machine's, until Redis has said what time it is."""

    def __init__(self, now: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._now = now
        self._monotonic = monotonic
        self._ahead: float | None = None

    def guess(self) -> int:
        seconds = self._now() if self._ahead is None else self._monotonic() + self._ahead
        return int(seconds * 1000)

    def learn(self, milliseconds: int) -> None:
        """The wall clock plays no part from now on: nobody can set the monotonic one."""
        self._ahead = milliseconds / 1000 - self._monotonic()


class Answer(Response):
    """The library's, with the waits in milliseconds of Redis' time and the key that was counted."""

    reset_in: int
    retry_in: int
    key: str


class _WrongGuess(Exception):
    """Redis is in another window."""


class Window(SlidingWindow):
    def __init__(self, requests: int, seconds: int, time: RedisTime) -> None:
        super().__init__(max_requests=requests, window=seconds)
        self._time = time
        self._said = "evalsha", SCRIPT.sha

    async def limit_async(self, redis: UpstashRedis, identifier: str, rate: int = 1) -> Response:
        """Nothing is counted by a call that is made again: neither a wrong guess nor an unknown script counts."""
        for _ in range(GUESSES + 1):
            try:
                return await super().limit_async(redis, identifier, rate)
            except _WrongGuess:
                continue
            except UpstashError as error:
                if not str(error).startswith(UNKNOWN_SCRIPT):
                    raise
                self._said = "eval", SCRIPT.text
        raise ValueError("Redis' time is in another window at each answer")

    def _limit(self, identifier: str, rate: int = 1) -> Generator[Any, Any, None]:
        guess = self._time.guess()
        index = guess // self._window
        key = f"{identifier}:{index}"
        keys = [key, f"{identifier}:{index - 1}"]
        command, script = self._said
        said = yield command, (script, keys, [self._max_requests, guess, self._window, rate])
        # Whatever our script never says raises ValueError or TypeError, which the client takes for an outage.
        remaining, now, *counts = map(_whole, said)
        if not ANOTHER_WINDOW <= remaining < self._max_requests or min(now, *counts, 0) < 0:
            raise ValueError("no such counts")
        if (now // self._window == index) == (remaining == ANOTHER_WINDOW):
            raise ValueError("no such time")
        self._time.learn(now)
        if remaining == ANOTHER_WINDOW:
            raise _WrongGuess
        end = (index + 1) * self._window
        answer = Answer(remaining >= 0, self._max_requests, max(0, remaining), end / 1000)
        answer.reset_in = end - now
        answer.retry_in = 0
        answer.key = key
        if not answer.allowed:
            current, previous = counts
            answer.retry_in = room_in(self._max_requests, self._window, now % self._window, current, previous)
        yield answer


def room_in(requests: int, window: int, elapsed: int, current: int, previous: int) -> int:
    """Milliseconds until the window before weighs so little that one more request passes, if no other comes first."""
    if current < requests:
        free = requests - current
        return math.floor(window * (1 - free / max(previous, free))) - elapsed + 1
    return window - elapsed + math.floor(window * (1 - requests / current)) + 1


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) > EXACT:
        raise TypeError("not a whole number of Lua")
    return value
