"""Publishing in batches beside one by one, and how fast the local QStash delivers beside a plain loop of requests."""

import asyncio
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pydantic import SecretStr
from qstash import AsyncQStash

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.clock import World
from shared.config import PublishSettings
from shared.contract import Contract, FlowControl, Payload
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.qstash_publisher import QStashPublisher
from tests.benchmarks.figures import Effort, Row, medians, row
from tests.integration.qstash.destination import Destination

BODY = '{"v":1,"run":"a-run-of-the-benchmarks","job":"idle","leg":0,"epoch":0}'


class Idle(Payload):
    pass


CONTRACT = Contract(name="idle", payload=Idle, timeout=30, deadline=20, flow_control=FlowControl(parallelism=1))


async def enqueuing(effort: Effort, database: Database, url: str) -> list[Row]:
    count = effort.batch
    rounds = max(1, effort.rounds // 2)
    settings = PublishSettings(
        stage="local", qstash_url=url, qstash_token=SecretStr(DEVELOPMENT_TOKEN), failure_callback_url=url
    )
    with _nobody() as nobody:
        publisher = QStashPublisher(settings, {"idle": nobody})
        enqueuer = Enqueuer(database, publisher, {"idle": CONTRACT}, World())

        async def at_once() -> None:
            await enqueuer.enqueue_many(CONTRACT, [Idle()] * count, owner="bench")

        async def one_by_one() -> None:
            for _ in range(count):
                await enqueuer.enqueue(CONTRACT, Idle(), owner="bench")

        subject, peer = await medians(rounds, at_once, one_by_one)
    if await database.runs.count_documents({"job": "idle", "state": "queued"}) != rounds * 2 * count:
        raise RuntimeError("QStash did not take every message")
    return [row(f"enqueue_many({count})", subject, "ms", f"{count} x enqueue", peer)]


@contextmanager
def _nobody() -> Iterator[str]:
    """A destination that takes a connection and never answers: flow control then holds all but one message back."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/"


async def delivering(effort: Effort, url: str) -> list[Row]:
    count = effort.messages
    client = AsyncQStash(DEVELOPMENT_TOKEN, base_url=url, retry=False)
    with Destination().listening() as destination:
        destination._server.socket.listen(count)  # its own backlog of five would lose calls, which QStash then retries

        async def by_qstash() -> None:
            path = f"/{secrets.token_hex(4)}"
            messages = [{"url": destination.url(path), "body": BODY} for _ in range(count)]
            await client.message.batch(messages)  # type: ignore[arg-type] # the SDK's TypedDict has two dozen keys
            while len(destination.at(path)) < count:  # noqa: ASYNC110 - it is a server in a thread
                await asyncio.sleep(0.002)

        async def by_a_loop() -> None:
            async with httpx.AsyncClient(trust_env=False) as plain:
                for _ in range(count):
                    await plain.post(destination.url("/plain"), content=BODY)

        subject, peer = await medians(effort.rounds, by_qstash, by_a_loop)
    return [
        Row("messages through local QStash", count / subject, "/s", "one httpx client in a loop", count / peer),
    ]
