"""One operation of ours beside a peer's that does the same, at several latencies: microseconds, and round trips."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.figures import Effort, Row, Timed, medians, row
from tests.benchmarks.slow_path.dial import Dial

ROUND_TRIPS: Final = "round trips"

Operation = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Pair:
    what: str
    ours: Operation
    beside: str
    theirs: Operation


async def measure(effort: Effort, pairs: Sequence[Pair], dials: Sequence[Dial]) -> list[Row]:
    """For each pair a row at each latency, in microseconds, and a row of round trips."""
    for pair in pairs:  # what is done once (connections, scripts that Redis learns) is not an operation's cost
        for operation in (pair.ours, pair.theirs):
            await operation()
            await operation()
    return [row for pair in pairs for row in await _rows(effort, pair, dials)]


async def _rows(effort: Effort, pair: Pair, dials: Sequence[Dial]) -> list[Row]:
    ours, theirs = _Counted(pair.ours, dials), _Counted(pair.theirs, dials)
    rows = []
    for milliseconds, count in effort.latencies.items():
        for dial in dials:
            dial.delay = milliseconds / 1e3
        subject, peer = await medians(effort.rounds, ours.times(count), theirs.times(count))
        rows.append(row(f"{pair.what}, {milliseconds} ms", subject, "us", pair.beside, peer, each=count))
    for dial in dials:
        dial.delay = 0.0
    return [*rows, Row(f"{pair.what}, {ROUND_TRIPS}", ours.trips, ROUND_TRIPS, pair.beside, theirs.trips)]


class _Counted:
    """An operation, and the round trips that it took on any of the paths."""

    def __init__(self, operation: Operation, dials: Sequence[Dial]) -> None:
        self._operation = operation
        self._dials = dials
        self._operations = 0
        self._trips = 0

    @property
    def trips(self) -> float:
        """Of one operation; a mean, as a library may do something now and then (a PING on an idle connection)."""
        return self._trips / self._operations

    def times(self, count: int) -> Timed:
        async def run() -> None:
            before = sum(dial.trips for dial in self._dials)
            for _ in range(count):
                await self._operation()
            self._trips += sum(dial.trips for dial in self._dials) - before
            self._operations += count

        return run
