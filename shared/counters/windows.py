"""The windows that are counted by, and what the scripts of this package have in common."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final


def whole(number: object, least: int, most: int) -> bool:
    """Scripts would round a fraction, down to nothing."""
    return type(number) is int and least <= number <= most


@dataclass(frozen=True, slots=True)
class Window:
    seconds: int

    def __post_init__(self) -> None:
        if not whole(self.seconds, 1, 366 * 86_400):
            raise ValueError("a window is of 1 second to 366 days, in whole seconds")


MINUTE: Final = Window(60)
HOUR: Final = Window(3_600)
DAY: Final = Window(86_400)
"""Of UTC."""

START: Final = """
local time = redis.call('TIME')
local length = tonumber(ARGV[1])
local window = time[1] - time[1] % length
local stored = tonumber(redis.call('HGET', KEYS[1], 'window') or '-1')
if stored >= window and stored <= window + length then window = stored end
local fresh = stored ~= window
local resets_in = (window + length - time[1]) * 1000 - math.floor(time[2] / 1000)
local function open_window()
  if fresh then
    redis.call('DEL', unpack(KEYS))
    redis.call('HSET', KEYS[1], 'window', string.format('%.0f', window), 'total', '0')
    redis.call('EXPIREAT', KEYS[1], string.format('%.0f', window + length))
  end
end
"""
"""Lua: `window` is the current one, `fresh` says that nothing is counted in it yet, `resets_in` is in milliseconds."""


def key(kind: str, name: str, who: str, window: Window) -> str:
    """Hashed, because `who` may be an address."""
    words = f"{len(name)}:{name}{who}"
    return f"{kind}:{window.seconds}:{sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()}"
