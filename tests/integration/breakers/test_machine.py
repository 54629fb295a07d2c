"""Whatever happens to several Lambdas, their Redis and its clock: one probe at a time, and never open for ever."""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest
import redis as redis_py
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shared.breakers import Policy, SharedBreaker
from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown, PermanentError
from tests.integration.breakers.world import KEY, ClockedRedis
from tests.unit.breakers.clockwork import Clock, Service, through

POLICY = Policy(failures=3, rest=5, longest=40, jitter=0.2)
LEASE = 30
LAMBDAS = st.integers(0, 2)
ENDS = {
    "answered": None,
    "refused": PermanentError("a refusal"),
    "failed": DependencyDown("qstash", "no answer"),
    "nothing": DeadlineReached("no time is left"),
}
GARBAGE = st.sampled_from(["", "x", "-1", "1.5", "nan", "inf", "-inf", "1e308", "0x10", "9" * 30, "99999999999999"])


@dataclass
class Call:
    """One that was let through, and has not ended. `token`: Redis elected it; a probe may be the process's own too."""

    task: "asyncio.Task[str]"
    end: "asyncio.Future[None]"
    breaker: SharedBreaker
    token: str | None
    probe: bool
    since: int


class Breakers(RuleBasedStateMachine):
    server: redis_py.Redis

    def __init__(self) -> None:
        super().__init__()
        self.server.flushall()
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.redis = ClockedRedis(self.server)
        self.made = 0
        self.breakers = [self.fresh() for _ in range(3)]
        self.calls: list[Call] = []

    def fresh(self) -> SharedBreaker:
        self.made += 1
        number, tokens = self.made, iter(range(10_000))
        world = World(monotonic=self.clock, token=lambda: f"{number}.{next(tokens)}", random=Random(number))
        return SharedBreaker(lambda: self.redis, "qstash", world, policy=POLICY, lease=LEASE)

    def through(self, breaker: SharedBreaker, error: Exception | None = None) -> str:
        service = Service(error=error)
        return self.loop.run_until_complete(through(breaker, service))

    def turn(self) -> None:
        self.loop.run_until_complete(_turns())

    @rule(which=LAMBDAS)
    def begin(self, which: int) -> None:
        """A call that is under way. With Redis away a breaker that is not open lets everybody through."""
        breaker, asked = self.breakers[which], len(self.redis.asked)
        was_open = breaker._circuit.is_open
        end: asyncio.Future[None] = self.loop.create_future()
        task = self.loop.create_task(through(breaker, lambda: end))
        self.turn()
        if task.done():
            assert task.result() == "BreakerOpen"
            assert was_open or not self.redis.away
            return
        elected = [one.token for one in self.redis.asked[asked:] if one.what == "look" and one.answer[0] == 2]
        probe = bool(elected) or (was_open and self.redis.away)
        self.calls.append(Call(task, end, breaker, elected[0] if elected else None, probe, self.redis.now))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), how=st.sampled_from(sorted(ENDS)))
    def end(self, data: st.DataObject, how: str) -> None:
        """A probe that is still the elected one and succeeds has closed it for everybody."""
        call = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        decides = call.token is not None and not self.redis.away and self.redis.hash().get("by") == call.token
        if (error := ENDS[how]) is None:
            call.end.set_result(None)
        else:
            call.end.set_exception(error)
        self.turn()
        assert call.task.result() == ("ok" if error is None else type(error).__name__)
        if decides and how in {"answered", "refused"}:
            assert self.redis.hash()["until"] == "0"
            assert self.through(self.fresh()) == self.through(call.breaker) == "ok"

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def kill(self, data: st.DataObject) -> None:
        call = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        call.task.cancel()
        self.turn()
        assert call.task.cancelled()

    @rule(which=LAMBDAS)
    def meets_an_outage(self, which: int) -> None:
        """As many failures as it takes; whoever asks next is not let through, in the other Lambdas neither."""
        breaker, asked = self.breakers[which], len(self.redis.asked)
        for _ in range(POLICY.failures):
            self.through(breaker, ENDS["failed"])
        assert self.through(breaker) == "BreakerOpen"
        if any(one.what == "open" for one in self.redis.asked[asked:]):
            assert self.through(self.fresh()) == "BreakerOpen"

    @precondition(lambda self: not self.redis.away)
    @rule(which=LAMBDAS)
    def all_are_at_the_end_of_a_rest(self, which: int) -> None:
        """One is elected at most, whatever the others are told."""
        self.meets_an_outage(which)
        self.time_passes(int(POLICY.most) + 1)
        for number in range(3):
            self.begin(number)

    @rule(which=LAMBDAS)
    def a_new_process(self, which: int) -> None:
        """What is under way in the old one ends, or does not."""
        self.breakers[which] = self.fresh()

    @rule(seconds=st.sampled_from([1, 3, 6, 12, 31, 60, 400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.at += seconds
        self.redis.now += seconds

    @rule(away=st.booleans())
    def redis_goes_and_comes(self, away: bool) -> None:
        self.redis.away = away

    @rule()
    def it_is_never_open_for_ever(self) -> None:
        """Whatever was done to it: when all rests and leases are over, somebody is let through and closes it."""
        for call in self.calls:
            call.task.cancel()
        self.turn()
        self.calls.clear()
        for _ in range(2):
            self.clock.at += POLICY.most + LEASE + 1
            self.redis.now += int(POLICY.most + LEASE + 1)
            seen = [self.through(breaker) for breaker in self.breakers]
        assert seen == ["ok"] * 3

    @invariant()
    def one_probe_at_a_time(self) -> None:
        """Of each process, and of all that Redis elected within a lease."""
        for breaker in self.breakers:
            assert len([call for call in self.calls if call.breaker is breaker and call.probe]) <= 1
        shared = [call for call in self.calls if call.token is not None and self.redis.now - call.since < LEASE]
        assert len(shared) <= 1 or isinstance(self, Spoilt)

    @invariant()
    def it_is_written_when_it_changes_alone(self) -> None:
        for one in self.redis.asked:
            changes = one.answer[0] == 2 if one.what == "look" else one.answer[0] == 1
            assert one.wrote == changes, one
        self.redis.asked.clear()

    def teardown(self) -> None:
        for call in self.calls:
            call.task.cancel()
        self.turn()
        self.loop.close()


class Spoilt(Breakers):
    """The same with a Redis that forgets, jumps in time, or holds what we never wrote: it may elect two."""

    @rule(seconds=st.sampled_from([-86_400, -60, -3, 3, 60, 86_400]))
    def the_clock_of_redis_jumps(self, seconds: int) -> None:
        self.redis.now += seconds

    @rule(name=st.sampled_from(["n", "until", "probe", "by"]), value=GARBAGE)
    def garbage_is_written(self, name: str, value: str) -> None:
        if self.server.type(KEY) != "string":
            self.server.hset(KEY, name, value)

    @rule()
    def redis_loses_everything(self) -> None:
        self.server.flushall()

    @rule()
    def another_type_is_written(self) -> None:
        self.server.delete(KEY)
        self.server.set(KEY, "a text")


async def _turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize("machine", [Breakers, Spoilt])
def test_breakers_of_several_lambdas(machine: type[Breakers], server: redis_py.Redis) -> None:
    of_this_test = type(machine.__name__, (machine,), {"server": server})
    run_state_machine_as_test(of_this_test, settings=settings(max_examples=15, stateful_step_count=30, deadline=None))
