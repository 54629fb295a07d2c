"""Sends each message when it is due, as many at once as allowed, and sleeps in between.

    added -> heap (by time) -> lane (due) -> gates -> on its way -> done, or added again as a retry

A turn of the loop costs as much as there is to do, not as much as there is waiting.
"""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from infra.local.qstash.clock import Clock
from infra.local.qstash.gates import Gate, Gates, Hold, flow_gate, queue_gate
from infra.local.qstash.lanes import Lanes
from infra.local.qstash.model import Entry

_LOG = logging.getLogger(__name__)
_LONGEST_SLEEP = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """What follows an attempt: messages that now wait, and whether its own message is over."""

    entries: tuple[Entry, ...] = ()
    final: bool = True


class Dispatcher:
    def __init__(
        self, *, clock: Clock, gates: Gates, attempt: Callable[[str], Awaitable[Done]], parallelism: int
    ) -> None:
        self._clock = clock
        self._gates = gates
        self._attempt = attempt
        self._parallelism = parallelism
        self._waiting: list[Entry] = []
        self._openings: list[tuple[float, Gate]] = []
        self._lanes = Lanes()
        self._dropped: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    @property
    def active(self) -> int:
        return len(self._tasks)

    @property
    def parallelism(self) -> int:
        return self._parallelism

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            heapq.heappush(self._waiting, entry)
        self._news.set()

    def drop(self, entry_id: str, *, queue: str | None = None, flow_key: str | None = None) -> None:
        """Forget a waiting message that was cancelled; whoever stood behind it may try again."""
        self._dropped.add(entry_id)
        if flow_key is not None:
            self._lanes.open(flow_gate(flow_key))
        if queue is not None:
            self._gates.leave_queue(queue, entry_id)
            self._lanes.open(queue_gate(queue))
        self._news.set()

    def open(self, gate: Gate) -> None:
        """A pause has ended, or a limit has changed."""
        self._lanes.open(gate)
        self._news.set()

    async def run(self) -> None:
        """Until cancelled; what is on its way then is given up, and sent again after a restart."""
        try:
            while True:
                self._news.clear()
                wake_at = self._turn()
                pause = _LONGEST_SLEEP if wake_at is None else min(_LONGEST_SLEEP, wake_at - self._clock.now())
                try:
                    async with asyncio.timeout(max(0.0, pause)):
                        await self._news.wait()
                except TimeoutError:
                    continue
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _turn(self) -> float | None:
        """Start what may start; when to look again, if nothing happens before."""
        now = self._clock.now()
        while self._waiting and self._waiting[0].due_at <= now:
            entry = heapq.heappop(self._waiting)
            self._lanes.add(entry, holds_place=self._gates.holds_place(entry))
        while self._openings and self._openings[0][0] <= now:
            self._lanes.open(heapq.heappop(self._openings)[1])
        if self.active < self._parallelism:
            for taken in self._lanes.take(self._gates.hold, self._is_dropped):
                if isinstance(taken, Hold):
                    if taken.until is not None:
                        heapq.heappush(self._openings, (taken.until, taken.gate))
                    continue
                self._start(taken)
                if self.active >= self._parallelism:
                    break
        soonest = [queue[0][0] for queue in (self._waiting, self._openings) if queue]
        return min(soonest, default=None)

    def _is_dropped(self, entry: Entry) -> bool:
        if entry.id not in self._dropped:
            return False
        self._dropped.discard(entry.id)
        return True

    def _start(self, entry: Entry) -> None:
        task = asyncio.create_task(self._deliver(entry))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _deliver(self, entry: Entry) -> None:
        try:
            done = await self._attempt(entry.id)
        finally:
            # A cancel may have come between its start and its claim; nobody else would take the mark away.
            self._dropped.discard(entry.id)
            if entry.flow_key is not None:
                self._gates.leave_flow(entry.flow_key)
                self._lanes.open(flow_gate(entry.flow_key))
        if done.final and entry.queue is not None:
            self._gates.leave_queue(entry.queue, entry.id)
            self._lanes.open(queue_gate(entry.queue))
        self.add(done.entries)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._news.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # A fault of this server, not of a destination: said loudly, and its message stays in flight.
            _LOG.error("a delivery broke", exc_info=error)
