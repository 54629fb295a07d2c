"""One delivery through the runtime (verify, claim, run, settle), beside the two round trips that it needs.

The bare ones change one field of the same record under the same indexes: that is the store's own share.
"""

from collections.abc import Mapping
from typing import Any

from shared.collections import INDEXES
from shared.context import JobContext
from shared.contract import Contract, Payload
from shared.database import Database
from shared.message import Message
from tests.benchmarks.figures import Effort, Row, medians, row
from tests.support.desk import Desk, signed_event


class Nothing(Payload):
    pass


CONTRACT = Contract(name="nothing", payload=Nothing, timeout=30, deadline=20)


async def work(_: Nothing, __: JobContext[None]) -> None:
    return None


async def measure(effort: Effort, database: Database) -> list[Row]:
    desk = Desk(database, CONTRACT, work)
    count = effort.deliveries
    prepared = [await _events(desk, count) for _ in range(effort.rounds)]
    await database.bare.create_indexes(INDEXES["runs"])
    record = await database.runs.find_one({})
    if record is None:
        raise RuntimeError("nothing was enqueued")
    await database.bare.insert_one(record)

    async def ours() -> None:
        for event in prepared.pop():
            handled = await desk.runtime.deliver(event, remaining=lambda: 25.0)
            if handled.answer.outcome != "succeeded":
                raise RuntimeError(handled.answer.outcome)

    async def bare() -> None:
        for _ in range(2 * count):
            await database.bare.find_one_and_update({"_id": record["_id"]}, {"$inc": {"steps": 1}})

    subject, peer = await medians(effort.rounds, ours, bare)
    return [row("one delivery", subject, "ms", "two bare find_one_and_update", peer, each=count)]


async def _events(desk: Desk, count: int) -> list[Mapping[str, Any]]:
    """Signed outside of what is measured: that is QStash's work."""
    ids = await desk.enqueuer.enqueue_many(CONTRACT, [Nothing()] * count, owner="bench")
    return [signed_event(Message(run, CONTRACT.name, 0, 0).encode()) for run in ids]
