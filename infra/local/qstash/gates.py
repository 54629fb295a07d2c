"""Says whether a message may leave now: queues, pauses, parallelism and rates.

A message of a queue keeps its place while it waits for a retry, so that a queue of parallelism 1 is in order.
A flow control counts only what is on its way. Rates count calls in fixed windows of the flow's own period.
"""

from dataclasses import dataclass
from typing import NamedTuple

from infra.local.qstash.clock import Clock
from infra.local.qstash.model import Entry
from infra.local.qstash.store.flows import Flow, Flows
from infra.local.qstash.store.queues import Queues


class Gate(NamedTuple):
    """What a message may have to wait for."""

    kind: str
    name: str


def queue_gate(name: str) -> Gate:
    return Gate("queue", name)


def flow_gate(key: str) -> Gate:
    return Gate("flow", key)


@dataclass(frozen=True, slots=True)
class Hold:
    """Which gate is shut, and when it opens by itself; without `until`, somebody has to open it."""

    gate: Gate
    until: float | None = None


@dataclass(slots=True)
class Window:
    """The calls of one flow control in its present period."""

    start: float
    count: int = 0


class Gates:
    def __init__(self, *, queues: Queues, flows: Flows, clock: Clock) -> None:
        self._queues = queues
        self._flows = flows
        self._clock = clock
        self._queue_places: dict[str, set[str]] = {}
        self._flow_active: dict[str, int] = {}
        self._windows: dict[str, Window] = {}

    def hold(self, entry: Entry) -> Hold | None:
        """What keeps this message back; None, and its places taken, where nothing does."""
        held = self._queue_hold(entry) or self._flow_hold(entry)
        if held is None:
            self._take(entry)
        return held

    def keep_place(self, entry: Entry) -> None:
        """After a restart: a message that was tried before owns its place in the queue."""
        if entry.queue is not None:
            self._queue_places.setdefault(entry.queue, set()).add(entry.id)

    def holds_place(self, entry: Entry) -> bool:
        return entry.queue is not None and entry.id in self._queue_places.get(entry.queue, ())

    def leave_flow(self, key: str) -> None:
        self._flow_active[key] -= 1
        if not self._flow_active[key]:
            del self._flow_active[key]

    def leave_queue(self, queue: str, message_id: str) -> None:
        places = self._queue_places.get(queue, set())
        places.discard(message_id)
        if not places:
            self._queue_places.pop(queue, None)

    def active(self, key: str) -> int:
        return self._flow_active.get(key, 0)

    def window(self, flow: Flow) -> Window:
        """The flow's present period; after its end a fresh one, which begins in earnest with its first call."""
        now = self._clock.now()
        window = self._windows.get(flow.key)
        if window is None or not window.start <= now < window.start + flow.period:
            return Window(now)
        return window

    def reset(self, key: str) -> None:
        self._windows.pop(key, None)

    def _queue_hold(self, entry: Entry) -> Hold | None:
        queue = self._queues.get(entry.queue) if entry.queue is not None else None
        if queue is None:
            return None
        places = self._queue_places.get(queue.name, set())
        free = entry.id in places or len(places) < queue.parallelism
        return None if free and not queue.paused else Hold(queue_gate(queue.name))

    def _flow_hold(self, entry: Entry) -> Hold | None:
        flow = self._flows.get(entry.flow_key) if entry.flow_key is not None else None
        if flow is None:
            return None
        full = flow.parallelism is not None and self.active(flow.key) >= flow.parallelism
        if flow.paused or full:
            return Hold(flow_gate(flow.key))
        if flow.rate is not None:
            window = self.window(flow)
            if window.count >= flow.rate:
                return Hold(flow_gate(flow.key), until=window.start + flow.period)
        return None

    def _take(self, entry: Entry) -> None:
        self.keep_place(entry)
        if entry.flow_key is not None:
            self._flow_active[entry.flow_key] = self.active(entry.flow_key) + 1
            flow = self._flows.get(entry.flow_key)
            if flow is not None:
                window = self._windows[entry.flow_key] = self.window(flow)
                window.count += 1
