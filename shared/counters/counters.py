"""Counters: how often something happened, for each of those it happened to."""

import re
from typing import Any, Final

from shared.counters.windows import HOUR, START, Window, key, whole
from shared.errors import DependencyDown, PermanentError
from shared.redis import Redis, Script

_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")

ADD: Final = Script(
    START
    + """
open_window()
local added = redis.pcall('HINCRBY', KEYS[1], 'total', ARGV[2])
if type(added) == 'table' then return 'full' end
return redis.call('HGET', KEYS[1], 'total')
"""
)
"""The total is read as text: a number of Lua holds 53 bits."""

READ: Final = Script(
    START
    + """
return fresh and '0' or redis.call('HGET', KEYS[1], 'total')
"""
)


class CounterFull(PermanentError):
    """The total would not fit into 64 bits; it is as it was."""

    code = "counter_full"


class Counters:
    """When Redis is away both raise DependencyDown.

    What was added may have been counted then: adding it again may count it twice. Where that matters, use a quota and
    its token.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, name: str, who: str, *, by: int = 1, window: Window = HOUR) -> int:
        """The total of the current window, `by` included; `by` may be negative."""
        if not whole(by, -(2**63), 2**63 - 1):
            raise ValueError("a counter counts whole numbers in 64 bits")
        total = await self._redis.run(ADD, keys=[key("count", name, who, window)], args=[window.seconds, str(by)])
        if total == "full":
            raise CounterFull(f"the counter {name!r} can't count that far")
        return _read(total)

    async def read(self, name: str, who: str, *, window: Window = HOUR) -> int:
        """The total of the current window, 0 if nothing was added yet."""
        return _read(await self._redis.run(READ, keys=[key("count", name, who, window)], args=[window.seconds]))


def _read(total: Any) -> int:
    if isinstance(total, str) and _WHOLE.fullmatch(total):
        return int(total)
    raise DependencyDown("redis", "answered in another form")
