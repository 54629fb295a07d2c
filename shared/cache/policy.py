"""How long a cache's values are good for, and how long its callers wait for each other. All times in seconds."""

from dataclasses import dataclass
from math import log
from random import Random
from typing import Final

_LEAST: Final = 0.001
"""Redis counts milliseconds."""
_MOST: Final = 1e9
"""Sums of these fit into what Redis counts by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    fresh: float
    """The soft TTL: for so long, at most, a value is given as it is."""
    stale: float = 0.0
    """For so much longer it is given while one caller computes a new one; then it is gone (the hard TTL)."""
    absent: float = 0.0
    """How long a None ("there is no such thing") is kept; 0: it is not. It is never given stale."""
    jitter: float = 0.1
    """Up to this share is taken off a TTL at random, so that what was stored together does not end together."""
    eagerness: float = 1.0
    """XFetch's beta: above 1 values are computed earlier before their soft TTL, below 1 later; 0: never early."""
    lease: float = 10.0
    """How long the elected caller may compute before another is elected."""
    wait: float = 2.0
    """How long the others wait for it while there is no value at all, before they compute for themselves."""
    patience: float = 1.0
    """How long Redis may take for one move of the cache, before the caller computes as if it were away."""
    memo: float = 5.0
    """How long a value computed without Redis is kept in this process."""
    largest: int = 512 * 1024
    """Bytes of JSON above which a value is not stored."""
    compressed_over: int = 1024
    """Bytes of JSON above which it is compressed."""

    def __post_init__(self) -> None:
        if min(self.fresh, self.lease, self.patience) < _LEAST:
            raise ValueError("a value is fresh, a lease lasts and Redis is given a millisecond at least")
        times = (self.fresh, self.lease, self.stale, self.absent, self.wait, self.memo, self.eagerness, self.patience)
        if not all(0 <= time <= _MOST for time in times):
            raise ValueError("times are not negative, and of thirty years at most")
        if not 0 <= self.jitter < 1:
            raise ValueError("jitter is a share below 1")

    def lives(self, *, absent: bool, random: Random) -> tuple[int, int]:
        """Milliseconds from now to the soft and to the hard TTL of a value; (0, 0) for one that is not kept."""
        kept = self.absent if absent else self.fresh
        if kept < _LEAST:
            return 0, 0
        soft = max(kept * (1 - self.jitter * random.random()), _LEAST)
        return _ms(soft), _ms(soft + (0.0 if absent else self.stale))

    @property
    def lease_ms(self) -> int:
        return _ms(self.lease)

    @property
    def version_ms(self) -> int:
        """How long a version is kept: longer than any entry that is sealed with it."""
        return 2 * _ms(max(self.fresh + self.stale, self.absent) + self.lease)

    def gap(self, random: Random) -> float:
        """How many times its computation's duration before the soft TTL a value counts as due: seldom many."""
        return -self.eagerness * log(1.0 - random.random())


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
