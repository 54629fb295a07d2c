"""A Redis whose clock a test owns: the breaker's own scripts run on a real server, but its time is a key.

It is asked by several breakers, may be away, and knows what each script has changed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import redis as redis_py

from shared.breakers import Change, Policy, SharedBreaker
from shared.breakers.scripts import CLOSE, LOOK, OPEN
from shared.clock import World
from shared.errors import DependencyDown
from shared.script import Script
from tests.unit.breakers.clockwork import Clock, Service, through

KEY: Final = "breaker:qstash"
CLOCK: Final = "clock"
NAMES: Final = {LOOK.sha: "look", OPEN.sha: "open", CLOSE.sha: "close"}
STATE: Final = """
redis.call('SET', KEYS[2], ARGV[1])
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return {} end
local gone = redis.call('HGET', KEYS[1], 'gone')
if gone and tonumber(gone) <= ARGV[1] * 1000 then redis.call('DEL', KEYS[1]) end
return redis.call('HGETALL', KEYS[1])
"""


def with_our_clock(script: Script) -> str:
    """The same script; the time is what the test says, and so is when the hash is forgotten."""
    text = script.text.replace("redis.call('TIME')", f"{{redis.call('GET', '{CLOCK}'), 0}}")
    return text.replace("redis.call('PEXPIRE', KEYS[1], ", "redis.call('HSET', KEYS[1], 'gone', now + ")


@dataclass(frozen=True, slots=True)
class Asked:
    """One script that ran: who asked, what it answered, and whether the hash is another one since."""

    what: str
    token: str
    answer: Any
    wrote: bool
    at: float


@dataclass
class ClockedRedis:
    """What a SharedBreaker needs of Redis. `now` is in seconds; a whole one, because the scripts' TIME has that."""

    server: redis_py.Redis
    now: int = 1_000_000
    away: bool = False
    asked: list[Asked] = field(default_factory=list)

    async def run(
        self, script: Script, *, keys: Sequence[str] = (), args: Sequence[str | int | float] = (), within: float = 0.0
    ) -> Any:
        assert list(keys) == [KEY]
        assert 0 < within <= 1
        if self.away:
            raise DependencyDown("redis", "away")
        before = self.hash()
        try:
            answer = self.server.eval(with_our_clock(script), 1, KEY, *args)
        except redis_py.ResponseError as error:
            raise DependencyDown("redis", "refused the command", its_fault=False) from error
        self.asked.append(Asked(NAMES[script.sha], str(args[0]), answer, self.hash() != before, self.now))
        return answer

    def hash(self) -> dict[str, str]:
        """The breaker's state, after what is due to be forgotten is; nothing of a key of another type."""
        pairs: Any = self.server.eval(STATE, 2, KEY, CLOCK, self.now)
        return dict(zip(pairs[::2], pairs[1::2], strict=True))


class Scene:
    """Lambdas that share nothing but that Redis, and the service that they call. Time passes when a test says so."""

    def __init__(self, server: redis_py.Redis, policy: Policy) -> None:
        self.redis, self.clock, self.service = ClockedRedis(server), Clock(), Service()
        self.changes: list[Change] = []
        self._policy = policy

    def breaker(self, *, lease: int = 30) -> SharedBreaker:
        """One Lambda's, which asks Redis before each call."""
        return SharedBreaker(
            lambda: self.redis,
            "qstash",
            World(monotonic=self.clock, random=random.Random(1)),
            policy=self._policy,
            every=0.0,
            lease=lease,
            changed=self.changes.append,
        )

    async def opened_by(self, breaker: SharedBreaker) -> None:
        self.service.down()
        for _ in range(self._policy.failures):
            assert await through(breaker, self.service) == "DependencyDown"

    def passes(self, seconds: float) -> None:
        self.clock.at += seconds
        self.redis.now += int(seconds)
