"""Several Lambdas, computations of any length, and everything that can happen in between, in any order.

What a get gives carries the moment when its computation began. The claims: once an invalidation has returned, no get
that begins later gives what began to be computed before it was called; every get gives a value of its own key; and
none ends in an error that its computation did not raise.
"""

import asyncio

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shared.config import RedisSettings
from shared.errors import DependencyDown
from tests.integration.cache.fleet import LAMBDAS, NAMES, TAGS, Fleet, connected

KEYS = st.sampled_from(sorted(TAGS))
NUMBERS = st.integers(0, LAMBDAS - 1)
ANY = st.integers(0, 30)
NOW_AND_THEN = st.sampled_from([False, False, False, True])


FORGOTTEN = ["soft", "soft", "hard", "lease", "tag", "version", "flush", "scripts"]
WHAT = ["a", "b", "c", "#t", "#u"]


class Machine(RuleBasedStateMachine):
    """One rule that chooses evenly: of several, Hypothesis leaves most out of an example."""

    fleet: Fleet

    @rule(step=st.sampled_from(range(8)), number=NUMBERS, key=KEYS, which=ANY, seldom=NOW_AND_THEN)
    def something_happens(self, step: int, number: int, key: str, which: int, seldom: bool) -> None:
        match step:
            case 0 | 1:
                self.a_get_whose_computation_takes_long(number, key)
            case 2:
                self.a_get_whose_computation_is_quick(number, key)
            case 3 | 4:
                self.a_computation_ends(which, fails=seldom)
            case 5:
                self.one_that_waits_looks_again(which, too_long=seldom)
            case 6:
                self.invalidate(number, WHAT[which % len(WHAT)], lost=seldom)
            case _ if seldom:
                self.something_breaks(number, which)
            case _:
                self.fleet.run(self._forget(FORGOTTEN[which % len(FORGOTTEN)], key))

    def a_get_whose_computation_takes_long(self, number: int, key: str) -> None:
        self.fleet.run(self.fleet.begin(number, key, slow=True))

    def a_get_whose_computation_is_quick(self, number: int, key: str) -> None:
        self.fleet.run(self.fleet.begin(number, key, slow=False))

    def a_computation_ends(self, which: int, *, fails: bool) -> None:
        if some := self.fleet.computing:
            parked = some[which % len(some)]
            parked.error = DependencyDown("mongodb", "away") if fails else None
            self.fleet.run(self.fleet.go_on(parked))

    def one_that_waits_looks_again(self, which: int, *, too_long: bool) -> None:
        if some := self.fleet.waiting:
            self.fleet.now += 61 if too_long else 1
            self.fleet.run(self.fleet.go_on(some[which % len(some)]))

    def invalidate(self, number: int, what: str, *, lost: bool) -> None:
        wire, cache = self.fleet.wires[number], self.fleet.caches[number]
        moment, away = next(self.fleet.moments), wire.outage > 0
        if lost:
            wire.lose("POST / DEL")
        tag = what.removeprefix("#")
        try:
            self.fleet.run(cache.invalidate(what) if tag == what else cache.invalidate_tag(tag))
        except DependencyDown:
            assert lost or away
            wire.fault = None
            return
        assert not lost
        assert not away
        for key in [what] if tag == what else [key for key, tags in TAGS.items() if tag in tags]:
            self.fleet.floors[key] = moment

    def something_breaks(self, number: int, which: int) -> None:
        """The next answer to a script is lost, or Redis is away for a while, or a Lambda dies in the middle."""
        if which % 3 == 0:
            if alive := [one for one in self.fleet.getting if not one.task.done()]:
                victim = alive[which % len(alive)]
                self.fleet.getting.remove(victim)
                self.fleet.run(self.fleet.end([victim]))
        elif which % 3 == 1:
            self.fleet.wires[number].outage = which // 10 + 1
        else:
            self.fleet.wires[number].lose("POST / EVALSHA")

    async def _forget(self, command: str, key: str) -> None:
        slot, redis, wire = NAMES.slot(key, TAGS[key]), self.fleet.clients[0], self.fleet.wires[0]
        fault, outage, wire.fault, wire.outage = wire.fault, wire.outage, None, 0
        match command:
            case "soft":
                if await redis.call("EXISTS", slot.entry):
                    await redis.call("HSET", slot.entry, "soft", 0)
            case "hard":
                await redis.call("DEL", slot.entry)
            case "lease":
                await redis.call("DEL", slot.lease)
            case "version" | "tag":
                await redis.call("DEL", slot.versions[-1 if command == "tag" else 0])
            case "flush":
                await redis.call("FLUSHALL")
            case _:
                await redis.call("SCRIPT", "FLUSH")
        wire.fault, wire.outage = fault, outage

    @invariant()
    def every_get_gives_what_it_may(self) -> None:
        for one in [one for one in self.fleet.getting if one.task.done()]:
            self.fleet.getting.remove(one)
            if error := one.task.exception():
                assert isinstance(error, DependencyDown), repr(error)
                assert error.service == "mongodb"
                continue
            value = one.task.result()
            assert value is not None
            key, moment = value
            assert key == one.key
            assert moment > one.floor, f"{key}: computed at {moment}, invalidated at {one.floor}"

    def teardown(self) -> None:
        """What is still being computed or waited for comes to its end first."""
        while self.fleet.computing or self.fleet.waiting:
            self.a_computation_ends(0, fails=False)
            self.one_that_waits_looks_again(0, too_long=True)
            self.every_get_gives_what_it_may()
        self.fleet.run(self.fleet.end(self.fleet.getting))


def test_no_order_of_events_brings_back_what_was_invalidated(empty_redis: RedisSettings) -> None:
    with asyncio.Runner() as runner:
        opened = connected(empty_redis)
        wires, clients = runner.run(opened.__aenter__())

        class Bound(Machine):
            def __init__(self) -> None:
                super().__init__()
                self.fleet = Fleet(runner, wires, clients)

        try:
            run_state_machine_as_test(Bound, settings=settings(max_examples=12, stateful_step_count=40))
        finally:
            runner.run(opened.__aexit__(None, None, None))
