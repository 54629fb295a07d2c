"""Who leaves when: order, turns, gates, and the limit over all."""

import asyncio
from collections.abc import Callable

import pytest

from infra.local.qstash.clock import Clock
from infra.local.qstash.dispatcher import Dispatcher, Done
from infra.local.qstash.gates import Gates, Hold, flow_gate, queue_gate
from infra.local.qstash.model import Entry, FlowControl
from infra.local.qstash.service import Service
from infra.local.qstash.store.flows import Flows
from infra.local.qstash.store.queues import Queues
from tests.unit.qstash.world import FakeClock

Make = Callable[[float], Service]


class WatchedGates(Gates):
    """Gates that remember who asked."""

    def __init__(self, *, queues: Queues, flows: Flows, clock: Clock) -> None:
        super().__init__(queues=queues, flows=flows, clock=clock)
        self.asked: list[str] = []

    def hold(self, entry: Entry) -> Hold | None:
        self.asked.append(entry.id)
        return super().hold(entry)


class Bench:
    """A dispatcher turned by hand, whose deliveries last until they are released."""

    def __init__(self, service: Service, clock: FakeClock, parallelism: int = 100) -> None:
        self.gates = WatchedGates(queues=service.store.queues, flows=service.store.flows, clock=clock)
        self.dispatcher = Dispatcher(clock=clock, gates=self.gates, attempt=self._attempt, parallelism=parallelism)
        self.clock = clock
        self.started: list[str] = []
        self.most = 0
        self._ends: dict[str, asyncio.Future[Done]] = {}
        self._seq = 0

    def add(self, name: str, *, after: float = 0.0, queue: str | None = None, flow: str | None = None) -> Entry:
        self._seq += 1
        entry = Entry(self.clock.now() + after, self._seq, name, queue, flow)
        self.dispatcher.add([entry])
        return entry

    async def turn(self) -> float | None:
        wake_at = self.dispatcher._turn()
        await asyncio.sleep(0)
        return wake_at

    async def end(self, name: str, done: Done | None = None) -> None:
        self._ends[name].set_result(done or Done())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await self.turn()

    async def _attempt(self, name: str) -> Done:
        self.started.append(name)
        self.most = max(self.most, self.dispatcher.active)
        self._ends[name] = asyncio.get_running_loop().create_future()
        return await self._ends[name]


@pytest.fixture
def service(make: Make) -> Service:
    return make(1)


async def test_a_message_leaves_when_it_is_due_and_not_before(service: Service, clock: FakeClock) -> None:
    bench = Bench(service, clock)
    bench.add("later", after=10)
    bench.add("now")
    assert await bench.turn() == clock.now() + 10
    assert bench.started == ["now"]
    clock.advance(10)
    await bench.turn()
    assert bench.started == ["now", "later"]


async def test_no_more_are_on_their_way_than_the_limit_over_all(service: Service, clock: FakeClock) -> None:
    bench = Bench(service, clock, parallelism=3)
    for number in range(10):
        bench.add(str(number))
    await bench.turn()
    assert bench.started == ["0", "1", "2"]
    for number in range(10):
        await bench.end(str(number))
    assert bench.started == [str(number) for number in range(10)]
    assert bench.most == 3


async def test_a_queue_is_in_order_even_over_a_retry(service: Service, clock: FakeClock) -> None:
    service.store.queues.put("q", parallelism=1, paused=False, now=0)
    bench = Bench(service, clock)
    first = bench.add("first", queue="q")
    bench.add("second", queue="q")
    await bench.turn()
    await bench.end("first", Done((first._replace(due_at=clock.now() + 5),), final=False))
    assert bench.started == ["first"]
    clock.advance(5)
    await bench.turn()
    assert bench.started == ["first", "first"]
    await bench.end("first")
    assert bench.started == ["first", "first", "second"]


async def test_a_paused_queue_holds_its_messages_and_nobody_elses(service: Service, clock: FakeClock) -> None:
    service.store.queues.put("q", parallelism=1, paused=True, now=0)
    bench = Bench(service, clock)
    bench.add("held", queue="q")
    bench.add("free")
    await bench.turn()
    assert bench.started == ["free"]
    service.store.queues.pause("q", paused=False, now=0)
    bench.dispatcher.open(queue_gate("q"))
    await bench.turn()
    assert bench.started == ["free", "held"]


async def test_a_line_at_a_gate_is_not_asked_again_until_it_opens(service: Service, clock: FakeClock) -> None:
    service.store.queues.put("q", parallelism=1, paused=True, now=0)
    bench = Bench(service, clock)
    for number in range(20):
        bench.add(str(number), queue="q")
        await bench.turn()
    assert bench.gates.asked == ["0"]
    bench.dispatcher.open(queue_gate("q"))
    await bench.turn()
    assert bench.gates.asked == ["0", "0"]


async def test_flow_control_counts_what_is_on_its_way(service: Service, clock: FakeClock) -> None:
    service.store.flows.learn(FlowControl("k", parallelism=2))
    bench = Bench(service, clock)
    for number in range(4):
        bench.add(str(number), flow="k")
    await bench.turn()
    assert bench.started == ["0", "1"]
    await bench.end("1")
    assert bench.started == ["0", "1", "2"]


async def test_a_rate_opens_again_with_its_next_period(service: Service, clock: FakeClock) -> None:
    service.store.flows.learn(FlowControl("k", rate=2, period=10))
    bench = Bench(service, clock)
    for number in range(5):
        bench.add(str(number), flow="k")
    assert await bench.turn() == clock.now() + 10
    assert bench.started == ["0", "1"]
    clock.advance(10)
    await bench.turn()
    assert bench.started == ["0", "1", "2", "3"]


async def test_resetting_a_rate_lets_the_next_ones_go(service: Service, clock: FakeClock) -> None:
    service.store.flows.learn(FlowControl("k", rate=1, period=3600))
    bench = Bench(service, clock)
    bench.add("a", flow="k")
    bench.add("b", flow="k")
    await bench.turn()
    bench.gates.reset("k")
    bench.dispatcher.open(flow_gate("k"))
    await bench.turn()
    assert bench.started == ["a", "b"]


async def test_a_busy_key_does_not_keep_others_waiting(service: Service, clock: FakeClock) -> None:
    bench = Bench(service, clock, parallelism=2)
    for number in range(50):
        bench.add(f"many{number}", flow="many")
    bench.add("one", flow="one")
    await bench.turn()
    assert bench.started == ["many0", "one"]


async def test_a_dropped_message_never_leaves(service: Service, clock: FakeClock) -> None:
    bench = Bench(service, clock)
    bench.add("gone", after=5)
    bench.dispatcher.drop("gone")
    bench.add("stays", after=5)
    clock.advance(5)
    await bench.turn()
    assert bench.started == ["stays"]


async def test_a_cancelled_retry_gives_its_queue_back(service: Service, clock: FakeClock) -> None:
    service.store.queues.put("q", parallelism=1, paused=False, now=0)
    bench = Bench(service, clock)
    first = bench.add("first", queue="q")
    bench.add("second", queue="q")
    await bench.turn()
    await bench.end("first", Done((first._replace(due_at=clock.now() + 5),), final=False))
    bench.dispatcher.drop("first", queue="q")
    await bench.turn()
    assert bench.started == ["first", "second"]


async def test_a_cancelled_first_in_line_makes_way_for_the_next(service: Service, clock: FakeClock) -> None:
    service.store.queues.put("q", parallelism=1, paused=False, now=0)
    service.store.flows.pause("k", paused=True)
    bench = Bench(service, clock)
    bench.add("held", queue="q", flow="k")
    bench.add("next", queue="q")
    await bench.turn()
    assert bench.started == []
    bench.dispatcher.drop("held", queue="q", flow_key="k")
    await bench.turn()
    assert bench.started == ["next"]
