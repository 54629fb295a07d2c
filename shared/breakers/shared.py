"""A breaker whose state all Lambdas share: one of them meets an outage, and the others leave the service alone too.

                                   any Lambda: failures in a row
               ┌──────────────────────────────────────────────────────────────────┐
               │                                                                  ▼
    ┌──────────────────────┐                                           ┌──────────────────────┐
    │ closed               │                                           │ open                 │
    │ every call goes on   │                                           │ no call: BreakerOpen │
    └──────────────────────┘                                           └──────────────────────┘
               ▲                                                         │                  ▲
               │ it succeeds                          the rest is over   │                  │ it fails:
               │                                                         ▼                  │ twice the rest
               │                              ┌──────────────────────────────────────┐      │
               └──────────────────────────────│ half-open                            │──────┘
                                              │ one Lambda is elected and makes a    │
                                              │ call; the others: BreakerOpen        │──┐ no sign of the service, or
                                              └──────────────────────────────────────┘  │ the prober died: after its
                                                                  ▲─────────────────────┘ lease another is elected

Redis is read at the first call, then at most every EVERY seconds, and when a rest is over (that is the election). It
is written by the election, and when the state changes. All else is this process's memory.

Redis away: the breaker is this process's own, with the same rests. What Redis says when it is back counts again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from shared.breakers.breaker import BreakerOpen, Change, Changed, Sign, nobody, told_by
from shared.breakers.circuit import Circuit, Policy
from shared.breakers.scripts import CLOSE, LOOK, OPEN
from shared.clock import World
from shared.errors import RetryableError
from shared.script import Script
from shared.script_answers import numbers

EVERY: Final = 5.0
"""Seconds for which a closed breaker is believed to be closed."""
PATIENCE: Final = 1.0
"""Seconds that Redis has: a breaker must cost less than what it spares."""
LEASE: Final = 30.0
"""Seconds that a probe may take; while a longer one is on its way (a model's answer) another Lambda probes too."""
REMEMBERED: Final = 300.0
"""Seconds for which openings count as being in a row."""
ASK_AGAIN: Final = 1.0
"""Seconds to wait while another Lambda probes: its end is not known."""

_CLOSED, _LEFT_ALONE, _ELECTED = 0, 1, 2


class Scripts(Protocol):
    """What a breaker needs of shared.redis.Redis."""

    async def run(
        self, script: Script, *, keys: Sequence[str] = (), args: Sequence[str | int | float] = (), within: float = ...
    ) -> Any: ...


class SharedBreaker:
    """`redis` is asked for at the first call, so that a function pays for its import only then."""

    def __init__(
        self,
        redis: Callable[[], Scripts],
        service: str,
        world: World,
        *,
        policy: Policy | None = None,
        every: float = EVERY,
        lease: float = LEASE,
        changed: Changed = nobody,
    ) -> None:
        self._redis = redis
        self._service = service
        self._keys = (f"breaker:{service}",)
        self._world = world
        self._policy = policy or Policy()
        self._every = every
        self._lease = lease
        self._changed = changed
        self._circuit = Circuit(self._policy, world.monotonic, world.random)
        self._looked_at: float | None = None

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        token = await self._enter()
        try:
            yield
        except Exception as error:
            await self._heard(told_by(error, self._service), token)
            raise
        else:
            await self._heard(Sign.ANSWERED, token)
        finally:
            if token is not None:
                self._circuit.probing = False

    async def _enter(self) -> str | None:
        """The token of the probe that this call is; None while closed. Raises BreakerOpen."""
        circuit, now = self._circuit, self._world.monotonic()
        if circuit.is_open and (circuit.rest > 0 or circuit.probing):
            raise self._open()
        if not circuit.is_open and self._looked_at is not None and now - self._looked_at < self._every:
            return None
        self._looked_at = now  # others that come meanwhile go by what is known
        was_open = circuit.probing = circuit.is_open
        elected = False
        token = self._world.token()
        try:
            elected = await self._elected(token, was_open=was_open)
        finally:
            circuit.probing = elected
        return token if elected else None

    async def _elected(self, token: str, *, was_open: bool) -> bool:
        """False: the call goes on as through any closed breaker."""
        circuit, most = self._circuit, int(self._policy.most * 1000)
        found = await self._ask(LOOK, token, int(self._lease * 1000), int(ASK_AGAIN * 1000), most)
        if found is None:  # Redis is away: this process elects its own
            return was_open
        state, openings, wait = found
        if state == _CLOSED:
            if was_open:  # else it may have opened here while Redis was asked
                circuit.close()
            return False
        circuit.open(wait / 1000, openings)
        if state == _LEFT_ALONE:
            raise self._open()
        return True

    async def _heard(self, sign: Sign, token: str | None) -> None:
        circuit = self._circuit
        probe = token is not None
        if sign is Sign.FAILED:
            if probe or circuit.failed():
                await self._opens(token or "")
        elif probe:
            await self._probed(token or "", answered=sign is Sign.ANSWERED)
        elif sign is Sign.ANSWERED and not circuit.is_open:
            circuit.answered()

    async def _opens(self, token: str) -> None:
        """Open at once in memory, so that no call slips through while Redis is told."""
        circuit, policy = self._circuit, self._policy
        rest = circuit.next_rest()
        circuit.open(rest, circuit.openings + 1)
        jitter = 1 + policy.jitter * self._world.random.random()
        first, longest = int(policy.rest * 1000), int(policy.longest * 1000)
        remembered, again, most = int(REMEMBERED * 1000), int(ASK_AGAIN * 1000), int(policy.most * 1000)
        lease = int(self._lease * 1000)
        found = await self._ask(OPEN, token, first, longest, f"{jitter:.4f}", remembered, again, most, lease)
        if found is not None:
            opened, openings, wait = found
            circuit.open(wait / 1000, openings)
            if not opened:
                return
        self._changed(
            Change(self._service, opened=True, rest=circuit.rest, openings=circuit.openings, shared=found is not None)
        )

    async def _probed(self, token: str, *, answered: bool) -> None:
        if answered:
            self._circuit.close()
            self._looked_at = self._world.monotonic()
        decided = await self._ask(CLOSE, token, int(answered), int(REMEMBERED * 1000))
        if answered and (decided is None or decided[0]):  # else another's probe has decided meanwhile
            self._changed(Change(self._service, opened=False, shared=decided is not None))

    async def _ask(self, script: Script, *args: str | int) -> list[int] | None:
        """The script's answer; None when Redis is away, or no time is left to ask it."""
        try:
            found = await self._redis().run(script, keys=self._keys, args=args, within=PATIENCE)
            answer = numbers(found, 3)
        except RetryableError:
            return None
        return answer if answer[0] in {_CLOSED, _LEFT_ALONE, _ELECTED} else None

    def _open(self) -> BreakerOpen:
        return BreakerOpen(self._service, retry_after=max(self._circuit.rest, ASK_AGAIN))
