"""Any order of acquisitions, renewals, releases, lost answers, expiries and lost data keeps what a lock promises.

The model is the drawing in shared/locks: who is the owner, whether the lease is over, and the largest fence so far.
"""

import asyncio
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from infra.local.faults import Fault
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.locks import Held, LockBusy, LockLost, Locks
from shared.locks.store import LockStore, key
from tests.integration.locks.faulty import expire
from tests.integration.locks.stories import FATES, SOAK, Stage, stage, story

NAME = "of the story"
CLIENTS = st.sampled_from(["ada", "bob", "cyd"])


@dataclass
class Client:
    owner: str = ""
    held: list[Held] = field(default_factory=list)


class LockStory(RuleBasedStateMachine):
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.owners = (f"owner {n}" for n in count())
        self.locks = Locks(self.stage.redis, World())
        self.clients = {name: Client(next(self.owners)) for name in ("ada", "bob", "cyd")}
        self.owner: str | None = None
        self.over = False
        self.fence = 0
        self.gone: str | None = None
        self.skewed = False
        self.stage.run(self.stage.redis.call("FLUSHALL"))
        self.stage.run(warmed(LockStore(self.stage.redis)))

    # What happens.

    @rule(name=CLIENTS, fate=FATES)
    def acquire(self, name: str, fate: Fault | None) -> None:
        """Once more, or for the first time, with the owner that the client has."""
        client = self.clients[name]
        expected = self._expected(client.owner)
        try:
            held = self.stage.run(self.locks.acquire(NAME, owner=client.owner, wait=0), fate)
        except DependencyDown:
            assert fate is not None
            if fate.forwarded and expected in {"same", "new"}:
                self._now_of(client.owner)
        except LockBusy:
            assert (expected, fate) == ("busy", None)
        except LockLost:
            assert (expected, fate) == ("released", None)
        else:
            assert fate is None
            assert expected in {"same", "new"}
            before = self.fence
            assert held.fence == before if expected == "same" else held.fence > before
            self._now_of(client.owner)
            assert held.fence == self.fence
            client.held.append(held)

    @rule(name=CLIENTS)
    def wants_it_anew(self, name: str) -> None:
        self.clients[name] = Client(next(self.owners))

    @rule(name=CLIENTS, fate=FATES, which=st.integers(0, 2))
    def renew(self, name: str, fate: Fault | None, which: int) -> None:
        client = self.clients[name]
        if not client.held:
            return
        held = client.held[which % len(client.held)]
        ours = not held.lost.is_set() and self.owner == held.owner and self.fence == held.fence
        known_lost = held.lost.is_set()
        try:
            self.stage.run(held.renew(), fate)
        except DependencyDown:
            assert fate is not None
            assert not held.lost.is_set()
            if fate.forwarded and ours:
                self.over = False
        except LockLost:
            assert not ours
            assert held.lost.is_set()
            assert fate is None or known_lost
        else:
            assert ours
            assert fate is None
            self.over = False

    @rule(name=CLIENTS, fate=FATES)
    def release(self, name: str, fate: Fault | None) -> None:
        owner = self.clients[name].owner
        try:
            was_ours = self.stage.run(self.locks.release(NAME, owner=owner), fate)
        except DependencyDown:
            assert fate is not None
        else:
            assert fate is None
            assert was_ours == (self.owner == owner)
        if fate is None or fate.forwarded:
            self.gone = owner
            if self.owner == owner:
                self.owner = None

    @rule()
    def all_want_it_at_once(self) -> None:
        """Whoever wins, it is one; and nobody, if it is had."""
        for name in self.clients:
            self.wants_it_anew(name)
        free = self.owner is None or self.over

        async def race() -> list[Held | BaseException]:
            wishes = (self.locks.acquire(NAME, owner=client.owner, wait=0) for client in self.clients.values())
            return await asyncio.gather(*wishes, return_exceptions=True)

        had = [held for held in self.stage.run(race()) if isinstance(held, Held)]
        assert len(had) == int(free)
        for held in had:
            assert held.fence > self.fence
            self._now_of(held.owner)
            next(client for client in self.clients.values() if client.owner == held.owner).held.append(held)

    @precondition(lambda self: self.owner is not None)
    @rule()
    def lease_runs_out(self) -> None:
        self.stage.run(expire(self.stage.redis, NAME))
        self.over = True

    @precondition(lambda self: not self.skewed)
    @rule(everything=st.booleans())
    def data_are_lost(self, everything: bool) -> None:
        self.stage.run(self.stage.redis.call(*(["FLUSHALL"] if everything else ["DEL", key(NAME)])))
        self.owner = self.gone = None
        self.stage.run(warmed(LockStore(self.stage.redis)))

    @precondition(lambda self: self.fence)
    @rule()
    def clock_is_set_back(self) -> None:
        """As far as fences see it: the last one is far ahead of the clock. Data lost after that are not promised."""
        if self.stage.run(self.stage.redis.call("EXISTS", key(NAME))):
            self.skewed = True
            ahead = self.stage.run(self.stage.redis.call("HINCRBY", key(NAME), "fence", 3_600_000_000))
            self.fence = int(ahead)

    # What holds.

    @invariant()
    def redis_says_the_same(self) -> None:
        owner, until, fence = self.stage.run(self.stage.redis.call("HMGET", key(NAME), "owner", "until", "fence"))
        assert owner == self.owner
        assert (until is None) == (owner is None)
        assert owner is None or int(fence) == self.fence

    def _expected(self, owner: str) -> str:
        if owner == self.gone:
            return "released"
        if owner == self.owner:
            return "same"
        return "new" if self.owner is None or self.over else "busy"

    def _now_of(self, owner: str) -> None:
        fence = int(self.stage.run(self.stage.redis.call("HGET", key(NAME), "fence")))
        assert fence == self.fence if self.owner == owner else fence > self.fence
        self.owner, self.over, self.fence = owner, False, fence


async def warmed(store: LockStore) -> None:
    """Redis knows the scripts, so that every step is one exchange."""
    asked = await store.acquire("warm", "any", 30)
    await store.renew("warm", "any", asked.fence, 30)
    await store.release("warm", "any")


@pytest.mark.timeout(1800 if SOAK else 120)
def test_any_order_keeps_what_a_lock_promises(empty_redis: RedisSettings) -> None:
    with stage(empty_redis) as played:
        LockStory.stage = played
        run_state_machine_as_test(LockStory, settings=story(examples=16, steps=25))
