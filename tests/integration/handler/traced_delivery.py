"""One delivery in a process of its own, where AWS's variables are set: python traced_delivery.py WORK."""

import asyncio
import sys
from typing import Any

from shared.collections import ensure
from shared.context import JobContext
from shared.contract import Contract, Payload
from shared.enqueue import Enqueuer
from shared.handler import JobHandler
from shared.process import Process
from tests.integration.handler.door import CANARY, LambdaCall, event_for
from tests.support.desk import FakePublisher


class Say(Payload):
    text: str


async def answers(payload: Say, _: JobContext[None]) -> str:
    return payload.text


async def raises(payload: Say, _: JobContext[None]) -> None:
    raise ValueError(payload.text)


async def leaves(payload: Say, _: JobContext[None]) -> None:
    sys.exit(payload.text)


async def _alert(*_: object) -> None:
    return None


def main(work: str) -> None:
    contract = Contract(name="say", payload=Say, timeout=30, deadline=20)
    process = Process("say")
    handler = JobHandler(
        contract,
        globals()[work],
        contracts=lambda: {"say": contract},
        services=lambda _: None,
        alert=lambda _: _alert,
        process=process,
    )
    enqueuer = Enqueuer(process.database, FakePublisher(), {"say": contract}, process.world)

    async def accept() -> Any:
        await ensure(process.database)
        return (await enqueuer.enqueue(contract, Say(text=CANARY), owner="o")).run

    run = process.run(accept())
    print("run", run.id)  # noqa: T201 - its parent wants to know
    try:
        handler(event_for(run), LambdaCall(25_000))
    finally:
        process.run(process.database.client.drop_database(process.database.name))
        process.loop.close()
        asyncio.set_event_loop(None)


main(sys.argv[1])
