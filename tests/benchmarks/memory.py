"""How far an upload's size shows in the memory of whoever handles it, beside reading it whole.

Each figure is the growth of the peak in a process of its own (tests/support/memory), against a real S3 server.
"""

import statistics
from typing import Final

from shared.config import StorageSettings
from tests.benchmarks.figures import Effort, Row
from tests.support.memory.grown import SMALL, environment, grown, put
from tests.support.open_storage import open_storage

PEER: Final = "read it whole"


async def measure(effort: Effort, settings: StorageSettings, *, mongodb: str, database: str) -> list[Row]:
    environ = environment(settings, mongodb=mongodb, database=database)
    rows = []
    with open_storage(settings) as storage:
        small = await put(storage, SMALL)
        for megabytes in effort.uploads:
            large = await put(storage, megabytes * 1_000_000)
            rounds = max(1, effort.rounds // 2)
            taken = [[grown(work, small, large, environ) for work in (PEER, *effort.held)] for _ in range(rounds)]
            sums = [[(one.own + one.worker) / 1e6 for one in turn] for turn in taken]
            peer, *ours = (statistics.median(column) for column in zip(*sums, strict=True))
            rows += [
                Row(f"memory: {work}, {megabytes} MB", subject, "MB", "boto3 get_object().read()", peer)
                for work, subject in zip(effort.held, ours, strict=True)
            ]
    return rows
