"""Limits in this process's memory alone, for as long as Redis is away: stricter, and bounded in what they remember.

Half of a limit's requests may come at once, and as many again are let through evenly over its seconds, so that no
window sees more than the limit allows (in this process: each one counts for itself). One number is kept for each
identity: when all that it was granted will have been earned back (the theoretical arrival time of the generic cell
rate algorithm, ITU-T I.371).

Memory holds so many identities and no more. It does not forget a live one for a new one, or a flood of made-up
identities would open every limit: newcomers to a full memory share one count instead.
"""

import math
from collections.abc import Callable
from typing import Final

from shared.rate_limits.model import Decision, Limit

IDENTITIES: Final = 10_000
CROWD: Final = ""
"""Who all those are for whom there is no room."""


class LocalLimits:
    def __init__(self, monotonic: Callable[[], float], *, identities: int = IDENTITIES) -> None:
        self._monotonic = monotonic
        self._most = identities
        self._earned: dict[tuple[str, str], float] = {}
        self._room_at = math.inf
        """Nobody is forgotten before."""

    def ask(self, limit: Limit, who: str) -> Decision:
        now = self._monotonic()
        key = self._place(limit, who, now)
        share = max(1, limit.requests // 2)
        each = limit.seconds / share
        owed = max(self._earned.get(key, now) - now, 0.0)
        free = int((limit.seconds - owed) / each + 1e-9)
        if free < 1:
            wait = max(1, math.ceil(owed + each - limit.seconds))
            return Decision(limit, allowed=False, remaining=0, reset=wait, retry_after=wait)
        self._earned[key] = now + owed + each
        self._room_at = min(self._room_at, now + owed + each)
        reset = math.ceil(owed % each or each)
        return Decision(limit, allowed=True, remaining=free - 1, reset=reset, counted_at=key[1])

    def give_back(self, decision: Decision) -> None:
        limit = decision.limit
        key = limit.name, decision.counted_at
        if key in self._earned:
            self._earned[key] -= limit.seconds / max(1, limit.requests // 2)

    def _place(self, limit: Limit, who: str, now: float) -> tuple[str, str]:
        key = limit.name, who
        if key in self._earned:
            return key
        if len(self._earned) >= self._most and now >= self._room_at:
            self._earned = {other: at for other, at in self._earned.items() if at > now}
            self._room_at = min(self._earned.values(), default=math.inf)
        return key if len(self._earned) < self._most else (limit.name, CROWD)
