"""Quotas: how much each may use in a window. What is asked for is taken whole, or not at all."""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Final

from shared import degraded
from shared.counters.windows import START, Window, key, whole
from shared.errors import DependencyDown
from shared.redis import Redis, Script, Word
from shared.script_answers import number, numbers

LARGEST: Final = 2**53 - 1
"""What Lua counts exactly."""
REMEMBERED: Final = 1_000
"""Tokens for each quota and caller. One is asked for again within seconds, so the latest are enough."""
_AGAIN: Final = 2
"""TAKE's answer to a token that it knows."""

_TOKENS: Final = (
    START
    + """
local token = ARGV[2]
local known = token ~= '' and not fresh and redis.call('HGET', KEYS[1], 't' .. token)
local total = fresh and 0 or tonumber(redis.call('HGET', KEYS[1], 'total'))
local function store(total)
  redis.call('HSET', KEYS[1], 'total', string.format('%.0f', total))
end
"""
)

TAKE: Final = Script(
    _TOKENS
    + """
if known then return {2, total, resets_in} end
local amount, limit, remembered = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if total + amount > limit then return {0, total, resets_in} end
open_window()
store(total + amount)
if token ~= '' then
  redis.call('HSET', KEYS[1], 't' .. token, ARGV[3])
  redis.call('LPUSH', KEYS[2], token)
  redis.call('EXPIREAT', KEYS[2], string.format('%.0f', window + length))
  if redis.call('LLEN', KEYS[2]) > remembered then
    redis.call('HDEL', KEYS[1], 't' .. redis.call('RPOP', KEYS[2]))
  end
end
return {1, total + amount, resets_in}
"""
)

GIVE_BACK: Final = Script(
    _TOKENS
    + """
if not known then return 0 end
store(math.max(0, total - known))
redis.call('HDEL', KEYS[1], 't' .. token)
redis.call('LREM', KEYS[2], 1, token)
return 1
"""
)

SETTLE: Final = Script(
    _TOKENS
    + """
if not known then return 0 end
store(math.max(0, total - known) + ARGV[3])
redis.call('HSET', KEYS[1], 't' .. token, ARGV[3])
return 1
"""
)


class Away(Enum):
    """What a quota does when Redis can't be asked."""

    OPEN = "open"
    """Allows, uncounted and marked as degraded: what it bounds is cheap, or bounded elsewhere too."""
    CLOSED = "closed"
    """Raises DependencyDown: what it bounds costs money. The caller comes back, with the same token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """`name` keeps its counts apart; a changed limit counts from what is used already, a changed window anew."""

    name: str
    limit: int
    window: Window
    away: Away

    def __post_init__(self) -> None:
        if not whole(self.limit, 0, LARGEST):
            raise ValueError(f"a limit is a whole number of 0 to {LARGEST}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    allowed: bool
    used: int | None
    """With what was taken; None when Redis could not be asked."""
    limit: int
    resets_in: float
    """Seconds; the whole window's when Redis could not be asked."""
    repeated: bool = False
    """Whether that token had taken it before."""


class Quotas:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def take(self, quota: Quota, who: str, amount: int = 1, *, token: str | None = None) -> Taken:
        """Take all of `amount` or nothing.

        A token names this one taking (a run's id): asked for again within the window it is allowed, and counts once,
        unless a thousand others of the same caller came between. Without one, a taking whose answer was lost may count
        twice when it is repeated: never too little.
        """
        if not whole(amount, 1, LARGEST):
            raise ValueError(f"an amount is a whole number of 1 to {LARGEST}")
        args: list[Word] = [quota.window.seconds, _field(token), amount, quota.limit, REMEMBERED]
        try:
            answer = await self._redis.run(TAKE, keys=_keys(quota, who), args=args)
            allowed, used, resets_in = numbers(answer, 3)
        except DependencyDown:
            if quota.away is Away.CLOSED:
                raise
            degraded.to("redis", "open quotas")
            return Taken(allowed=True, used=None, limit=quota.limit, resets_in=quota.window.seconds)
        return Taken(
            allowed=allowed > 0,
            used=used,
            limit=quota.limit,
            resets_in=resets_in / 1000,
            repeated=allowed == _AGAIN,
        )

    async def give_back(self, quota: Quota, who: str, *, token: str) -> bool:
        """Whether there was anything to give back: what that token took in this window, once.

        What was taken without a token can't be given back, because a repeat of that would give back another's.
        Raises DependencyDown; it may then be repeated, or left: the quota counts too much until the window ends.
        """
        args: list[Word] = [quota.window.seconds, _field(token)]
        return number(await self._redis.run(GIVE_BACK, keys=_keys(quota, who), args=args)) == 1

    async def settle(self, quota: Quota, who: str, amount: int, *, token: str) -> bool:
        """Make what that token took `amount`, which is known now; more than the limit allows, if that was used.

        Whether there was anything to settle: in another window than it was taken in there is not. Raises
        DependencyDown; it may then be repeated, or left: what was taken stays counted.
        """
        if not whole(amount, 1, LARGEST):
            raise ValueError(f"an amount is a whole number of 1 to {LARGEST}")
        args: list[Word] = [quota.window.seconds, _field(token), amount]
        return number(await self._redis.run(SETTLE, keys=_keys(quota, who), args=args)) == 1


def _keys(quota: Quota, who: str) -> list[str]:
    counted = key("quota", quota.name, who, quota.window)
    return [counted, f"{counted}:tokens"]


def _field(token: str | None) -> str:
    return "" if token is None else sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:32]
