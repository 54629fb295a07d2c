"""The seams for time and chance, so that tests own them. Leases are judged by the store's clock, never by this one."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random, SystemRandom

Sleep = Callable[[float], Awaitable[None]]


def new_token() -> str:
    """An unguessable name for one owner, one run or one session: 128 bits, safe in URLs."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, slots=True)
class World:
    """What a function may know of time and chance."""

    now: Callable[[], float] = time.time
    """Seconds since the epoch, for what people and other services see."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds that only ever grow, for deadlines inside one invocation."""
    sleep: Sleep = asyncio.sleep
    token: Callable[[], str] = new_token
    random: Random = field(default_factory=SystemRandom)
