"""Whatever the order of clients, lost answers, ended leases and forgetting Redises: one holder, one answer, a key.

The store is the real one, behind a proxy that loses answers. MILLRACE_SOAK=1 makes it long.
"""

import asyncio
import os
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from infra.local.faults import Exchange, Fault, FaultProxy, Http
from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.idempotency import Done, InFlight, Mismatch, New, RedisRequests, Verdict
from shared.idempotency.asked import Asked
from shared.redis import Redis

SOAK = os.environ.get("MILLRACE_SOAK") == "1"
LEASE = 60.0
ANY = st.integers(0, 1000)
IDS = st.sampled_from(["k1", "k2"])
PRINTS = st.sampled_from(["a", "a", "a", "b"])
LOST = st.sampled_from([False, False, True])

T = TypeVar("T")


@dataclass
class Record:
    """What Redis must hold of one key."""

    fingerprint: str
    holder: str
    leased: bool = True
    reference: str | None = None


class Store:
    """The real store, and hands to spoil its answers and its memory."""

    def __init__(self, loop: asyncio.AbstractEventLoop, upstash: RedisSettings) -> None:
        self._loop = loop
        self._lose = False
        authority = upstash.upstash_redis_rest_url.removeprefix("http://")
        host, _, port = authority.partition(":")
        self._proxy = FaultProxy("redis", Http(), (host, int(port)), self._judge)
        self.run(self._proxy.__aenter__())
        spoiled = upstash.model_copy(update={"upstash_redis_rest_url": f"http://{self._proxy.authority}"})
        self.redis = Redis(spoiled, LocalBreaker("redis", time.monotonic, failures=10**9), limit=30)
        self.requests = RedisRequests(self.redis, lease=LEASE)

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(call)

    def asked(self, call: Coroutine[Any, Any, T], *, lost: bool) -> T | None:
        """The call's outcome; `lost` loses its first answer, and None is what a caller knows who does not ask again."""
        self._lose = lost
        try:
            return self.run(call)
        except DependencyDown:
            assert lost
            return None
        finally:
            self._lose = False

    def _judge(self, _: Exchange) -> Fault | None:
        lose, self._lose = self._lose, False
        return Fault(forwarded=True) if lose else None

    def forget(self) -> None:
        """As a Redis that comes back without its data; the scripts are taught again, for an answer to be lost."""
        self.run(self.redis.call("FLUSHALL"))
        self.run(self.redis.call("SCRIPT", "FLUSH"))
        new = self.run(self.requests.begin(Asked("warm", "up")))
        assert isinstance(new, New)
        assert self.run(self.requests.complete(new, "", owner=""))
        assert not self.run(self.requests.abandon(new))

    def close(self) -> None:
        self.run(self.redis.aclose())
        self.run(self._proxy.__aexit__())


class Repeated(RuleBasedStateMachine):
    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, Record] = {}
        self.holders: list[tuple[Asked, New]] = []
        self.answers = 0
        self.store.forget()

    @rule(name=IDS, fingerprint=PRINTS, lost=LOST)
    def begin(self, name: str, fingerprint: str, lost: bool) -> None:
        asked = Asked(name, fingerprint)
        holder = f"h{len(self.holders)}"
        self._check(asked, holder, self.store.asked(self.store.requests.begin(asked, holder=holder), lost=lost))

    @precondition(lambda self: self.holders)
    @rule(which=ANY)
    def begin_again(self, which: int) -> None:
        """Who never heard an answer asks once more, however late."""
        asked, new = self.holders[which % len(self.holders)]
        self._check(asked, new.holder, self.store.run(self.store.requests.begin(asked, holder=new.holder)))

    @rule(name=IDS, clients=st.integers(2, 6))
    def begin_at_once(self, name: str, clients: int) -> None:
        asked = Asked(name, "a")
        holders = [f"h{len(self.holders)}.{number}" for number in range(clients)]

        async def together() -> list[Verdict]:
            return await asyncio.gather(*(self.store.requests.begin(asked, holder=one) for one in holders))

        verdicts = self.store.run(together())
        winners = [one for one in verdicts if isinstance(one, New)]
        assert len(winners) == (1 if self._free(asked) else 0)
        for new in winners:
            self._check(asked, new.holder, new)
        for verdict in verdicts:
            if not isinstance(verdict, New):
                self._check(asked, "nobody", verdict)

    @precondition(lambda self: self.holders)
    @rule(which=ANY, lost=LOST)
    def complete(self, which: int, lost: bool) -> None:
        """Also by a holder that was paused past its lease, and by one that has been overtaken."""
        asked, new = self.holders[which % len(self.holders)]
        self.answers += 1
        reference = f"answer {self.answers}"
        ours = self._ours(asked, new)
        kept = self.store.asked(self.store.requests.complete(new, reference, owner="ada"), lost=lost)
        assert kept in {ours, None}
        if ours:
            self.records[asked.id].reference = reference

    @precondition(lambda self: self.holders)
    @rule(which=ANY, lost=LOST)
    def abandon(self, which: int, lost: bool) -> None:
        asked, new = self.holders[which % len(self.holders)]
        ours = self._ours(asked, new) and self.records[asked.id].reference is None
        freed = self.store.asked(self.store.requests.abandon(new), lost=lost)
        assert freed == ours or lost
        if ours:
            del self.records[asked.id]

    @rule(name=IDS)
    def lease_ends(self, name: str) -> None:
        if name in self.records:
            self.store.run(self.store.redis.call("HSET", f"idempotent:{name}", "leased", 1))
            self.records[name].leased = False

    @rule(name=IDS)
    def window_ends(self, name: str) -> None:
        self.store.run(self.store.redis.call("PEXPIRE", f"idempotent:{name}", 0))
        self.records.pop(name, None)

    @rule()
    def redis_forgets(self) -> None:
        self.store.forget()
        self.records.clear()

    def teardown(self) -> None:
        """Redis holds what it must, with an end to each key."""
        for name, record in self.records.items():
            key = f"idempotent:{name}"
            there = self.store.run(self.store.redis.call("HMGET", key, "fingerprint", "holder", "reference"))
            assert there == [record.fingerprint, record.holder, record.reference]
            assert 0 < self.store.run(self.store.redis.call("PTTL", key)) <= 24 * 3_600_000

    def _free(self, asked: Asked) -> bool:
        record = self.records.get(asked.id)
        return record is None or (
            record.fingerprint == asked.fingerprint and record.reference is None and not record.leased
        )

    def _ours(self, asked: Asked, new: New) -> bool:
        record = self.records.get(asked.id)
        return record is not None and record.holder == new.holder

    def _check(self, asked: Asked, holder: str, verdict: Verdict | None) -> None:
        """The verdict is the model's; one that was lost is taken as given."""
        record = self.records.get(asked.id)
        if record is None or self._free(asked) or record == Record(asked.fingerprint, holder):
            assert verdict in {New(asked.id, holder), None}
            self.records[asked.id] = Record(asked.fingerprint, holder)
            self.holders.append((asked, New(asked.id, holder)))
        elif record.fingerprint != asked.fingerprint:
            assert verdict in {Mismatch(), None}
        elif record.reference is not None:
            assert verdict in {Done(record.reference), None}
        else:
            assert verdict is None or (isinstance(verdict, InFlight) and 0 < verdict.retry_after <= LEASE)


@pytest.fixture
def machine(empty_redis: RedisSettings) -> Iterator[type[Repeated]]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    store = Store(loop, empty_redis)
    yield type("RepeatedHere", (Repeated,), {"store": store})
    store.close()
    loop.close()
    asyncio.set_event_loop(None)


@pytest.mark.timeout(1800 if SOAK else 120)
def test_whatever_happens_a_request_is_one_holders_and_keeps_its_answer(machine: type[Repeated]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=400 if SOAK else 10,
            stateful_step_count=50 if SOAK else 25,
            phases=list(Phase) if SOAK else [Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
