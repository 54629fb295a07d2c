"""What an owner may spend in a day: taken before a call, and set to what the call has cost when that is known.

    take at most ──▶ the provider answers ──▶ set to what it counted
              │
              ├─ refused, throttled, not reached ──▶ given back: nothing was spent
              ├─ its answer is lost, we are cut off or die ──▶ stays: it may have been spent
              └─ the same token again (a delivery that died here) ──▶ it is the same taking, and counts once

Whatever answer of Redis is lost on the way, the owner is charged too much until the day ends, and never too little:
what is taken is more than a call can cost. When Redis can't be asked, nothing is asked of the model (`Away.CLOSED`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from shared.ai.errors import AnswerLost, OverQuota
from shared.counters import DAY, Away, Quota, Quotas
from shared.counters.quotas import LARGEST
from shared.errors import DependencyDown, MillraceError
from shared.redis import Redis
from shared.shielded import finished


@dataclass(slots=True)
class Cost:
    tokens: int | None = None
    """What the provider counted; with None, or no count at all, what was taken stays."""


class Budget:
    def __init__(self, redis: Redis, *, tokens_a_day: int) -> None:
        self._quotas = Quotas(redis)
        self._quota = Quota(name="ai tokens", limit=tokens_a_day, window=DAY, away=Away.CLOSED)

    @asynccontextmanager
    async def spending(self, owner: str, token: str, *, at_most: int) -> AsyncIterator[Cost]:
        """Around one call. Raises OverQuota, and DependencyDown("redis")."""
        taken = await self._quotas.take(self._quota, owner, at_most, token=token)
        if not taken.allowed:
            raise OverQuota(limit=taken.limit, retry_after=taken.resets_in)
        cost = Cost()
        try:
            yield cost
        except AnswerLost:
            raise
        except MillraceError:
            if not taken.repeated:  # what a dead delivery had taken may have been spent by it
                await finished(self._given_back(owner, token))
            raise
        if cost.tokens is not None and 0 < cost.tokens <= LARGEST:
            await finished(self._settled(owner, token, cost.tokens))

    async def _given_back(self, owner: str, token: str) -> None:
        with suppress(DependencyDown):
            await self._quotas.give_back(self._quota, owner, token=token)

    async def _settled(self, owner: str, token: str, tokens: int) -> None:
        with suppress(DependencyDown):
            await self._quotas.settle(self._quota, owner, tokens, token=token)
