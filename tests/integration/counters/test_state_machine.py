"""Any order of takings, repeats, settlings, givings back, lost answers and windows keeps the count of both."""

import asyncio

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from infra.local.faults import Fault
from shared.config import RedisSettings
from shared.counters import DAY, Away, Counters, Quota, Quotas
from shared.counters.windows import key
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.locks.stories import FATES, SOAK, Stage, stage, story

TEN = Quota(name="ten", limit=10, window=DAY, away=Away.CLOSED)
QUOTA, COUNT = key("quota", "ten", "ada", DAY), key("count", "mails", "ada", DAY)
TOKENS = st.sampled_from(["run 1", "run 2", "run 3"])
AMOUNTS = st.integers(1, 6)


class QuotaStory(RuleBasedStateMachine):
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.quotas, self.counters = Quotas(self.stage.redis), Counters(self.stage.redis)
        self.used = self.total = 0
        self.tokens: dict[str, int] = {}
        self.stage.run(warmed(self.stage.redis))

    @rule(amount=AMOUNTS, token=st.none() | TOKENS, fate=FATES)
    def take(self, amount: int, token: str | None, fate: Fault | None) -> None:
        repeated = token in self.tokens
        allowed = repeated or self.used + amount <= TEN.limit
        if allowed and token not in self.tokens and (fate is None or fate.forwarded):
            self.used += amount
            if token is not None:
                self.tokens[token] = amount
        try:
            taken = self.stage.run(self.quotas.take(TEN, "ada", amount, token=token), fate)
        except DependencyDown:
            assert fate is not None
        else:
            assert (taken.allowed, taken.used, taken.repeated) == (allowed, self.used, repeated)
            assert 0 < taken.resets_in <= 86_400

    @rule(amount=AMOUNTS, token=st.none() | TOKENS)
    def take_at_once(self, amount: int, token: str | None) -> None:
        """Three ask for the same: with a token it is one taking, without as many as fit."""

        async def race() -> list[bool]:
            takings = (self.quotas.take(TEN, "ada", amount, token=token) for _ in range(3))
            return [taken.allowed for taken in await asyncio.gather(*takings)]

        allowed = self.stage.run(race())
        fit = max(0, min(3, (TEN.limit - self.used) // amount))
        if token is None:
            self.used += fit * amount
            assert sum(allowed) == fit
        else:
            if token not in self.tokens and fit:
                self.used += amount
                self.tokens[token] = amount
            assert allowed == [token in self.tokens] * 3

    @rule(token=TOKENS, fate=FATES)
    def give_back(self, token: str, fate: Fault | None) -> None:
        there = token in self.tokens
        if fate is None or fate.forwarded:
            self.used -= self.tokens.pop(token, 0)
        try:
            assert self.stage.run(self.quotas.give_back(TEN, "ada", token=token), fate) == there
        except DependencyDown:
            assert fate is not None

    @rule(amount=st.integers(1, 12), token=TOKENS, fate=FATES)
    def settle(self, amount: int, token: str, fate: Fault | None) -> None:
        there = token in self.tokens
        if there and (fate is None or fate.forwarded):
            self.used += amount - self.tokens[token]
            self.tokens[token] = amount
        try:
            assert self.stage.run(self.quotas.settle(TEN, "ada", amount, token=token), fate) == there
        except DependencyDown:
            assert fate is not None

    @rule(by=st.integers(-5, 5), fate=FATES)
    def count(self, by: int, fate: Fault | None) -> None:
        if fate is None or fate.forwarded:
            self.total += by
        try:
            assert self.stage.run(self.counters.add("mails", "ada", by=by, window=DAY), fate) == self.total
        except DependencyDown:
            assert fate is not None

    @rule(lost=st.booleans())
    def a_new_window_begins(self, lost: bool) -> None:
        """What Redis has is of the window before; or it has lost everything."""
        for counted in (QUOTA, COUNT):
            if lost:
                self.stage.run(self.stage.redis.call("DEL", counted, f"{counted}:tokens"))
            elif self.stage.run(self.stage.redis.call("EXISTS", counted)):
                self.stage.run(self.stage.redis.call("HINCRBY", counted, "window", -86_400))
        self.used = self.total = 0
        self.tokens = {}

    @rule()
    def somebody_else_takes(self) -> None:
        self.stage.run(self.quotas.take(TEN, "bob", 3, token="run 1"))

    @invariant()
    def it_is_counted_as_it_is(self) -> None:
        assert sum(self.tokens.values()) <= self.used
        assert self.stage.run(self.counters.read("mails", "ada", window=DAY)) == self.total


async def warmed(redis: Redis) -> None:
    """Redis is empty and knows the scripts, so that every step is one exchange."""
    await redis.call("FLUSHALL")
    await Quotas(redis).take(TEN, "warm", token="any")
    await Quotas(redis).settle(TEN, "warm", 1, token="any")
    await Quotas(redis).give_back(TEN, "warm", token="any")
    await Counters(redis).add("warm", "any")
    await Counters(redis).read("warm", "any")


@pytest.mark.timeout(1800 if SOAK else 120)
def test_any_order_keeps_the_count(empty_redis: RedisSettings) -> None:
    with stage(empty_redis) as played:
        QuotaStory.stage = played
        run_state_machine_as_test(QuotaStory, settings=story(examples=12, steps=25))
