"""The messages that are due, in lines: one a queue, one a flow control, one for all others.

Within a line the order of arrival holds; between lines the turn goes round. A line whose first message is
held back at a gate is parked there, and costs nothing until that gate opens.
"""

from collections import deque
from collections.abc import Callable, Iterator

from infra.local.qstash.gates import Gate, Hold, flow_gate, queue_gate
from infra.local.qstash.model import Entry

_OPEN_ROAD = Gate("none", "")


class Lanes:
    def __init__(self) -> None:
        self._lines: dict[Gate, deque[Entry]] = {}
        # A dict for its order: whose turn it is.
        self._turns: dict[Gate, None] = {}
        self._parked: dict[Gate, set[Gate]] = {}
        self._parked_lines: set[Gate] = set()

    def add(self, entry: Entry, *, holds_place: bool) -> None:
        """A message that has its place in its queue already does not stand in that queue's line again."""
        lane = _OPEN_ROAD
        if entry.queue is not None and not holds_place:
            lane = queue_gate(entry.queue)
        elif entry.flow_key is not None:
            lane = flow_gate(entry.flow_key)
        elif entry.queue is not None:
            # A retry in a queue that may be paused must not stand in everybody's way.
            lane = Gate("retries", entry.queue)
        self._lines.setdefault(lane, deque()).append(entry)
        if lane not in self._parked_lines:
            self._turns[lane] = None

    def open(self, gate: Gate) -> None:
        """Whoever waits at this gate may try again."""
        for lane in self._parked.pop(gate, ()):
            self._parked_lines.discard(lane)
            self._turns[lane] = None

    def take(self, hold: Callable[[Entry], Hold | None], dropped: Callable[[Entry], bool]) -> Iterator[Entry | Hold]:
        """Messages that may leave, as long as the caller asks for more; a Hold tells where a line was parked."""
        while self._turns:
            lane = next(iter(self._turns))
            del self._turns[lane]
            line = self._lines[lane]
            while line and dropped(line[0]):
                line.popleft()
            if not line:
                del self._lines[lane]
                continue
            held = hold(line[0])
            if held is not None:
                self._parked.setdefault(held.gate, set()).add(lane)
                self._parked_lines.add(lane)
                yield held
                continue
            self._turns[lane] = None
            yield line.popleft()
