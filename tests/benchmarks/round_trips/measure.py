"""Every part of the shared layer that asks Redis, beside its peers."""

import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Effort, Row
from tests.benchmarks.round_trips import cache, commands, counters, idempotency, limits, locks, pair, resilience
from tests.benchmarks.round_trips.clients import Clients, clients, paths
from tests.benchmarks.round_trips.pair import Pair

PARTS: Final[Sequence[Callable[[Clients], Awaitable[list[Pair]]]]] = [
    commands.pairs,
    cache.pairs,
    limits.pairs,
    locks.pairs,
    counters.pairs,
    idempotency.pairs,
    resilience.pairs,
]


async def measure(effort: Effort) -> list[Row]:
    with tempfile.TemporaryDirectory() as name, paths(Path(name)) as ways:
        async with clients(ways) as made:
            pairs = [one for part in PARTS for one in await part(made)]
            return await pair.measure(effort, pairs, ways.dials)
