"""The API over HTTP in a process that kills itself at one step of a request: `dying.py MONGODB_URI DATABASE STEP`.

STEP is `begun`, `asked` (QStash, which never hears it), `published` (QStash has it, we have not noted that),
`answered` (before the first byte), or `never`. QStash is a collection of the database. The port is the first line.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.breakers import LocalBreaker
from shared.config import MongoSettings, RedisSettings
from shared.contract import Contract
from shared.database import Database, connect
from shared.redis import Redis
from shared.runs.model import Run
from tests.integration.api.front import Front
from tests.integration.api.served import Unlimited
from tests.support.desk import FakePublisher

Die = Callable[[str], None]


class Told(FakePublisher):
    def __init__(self, database: Database, die: Die) -> None:
        super().__init__()
        self._database, self._die = database, die

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        self._die("asked")
        await self._database.published.insert_one({"run": run.id, "dedup": run.dedup_id})
        self._die("published")
        return await super().publish(run, contract)


class Answering:
    def __init__(self, app: ASGIApp, die: Die) -> None:
        self._app, self._die = app, die

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            self._die("answered")
            await send(message)

        self._die("begun")
        await self._app(scope, receive, answer)


async def serve(uri: str, name: str, step: str) -> None:
    def die(at: str) -> None:
        if at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(uri), mongodb_database=name))
    nowhere = RedisSettings(
        stage="local", upstash_redis_rest_url="http://127.0.0.1:9", upstash_redis_rest_token=SecretStr("x")
    )
    async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as redis:
        front = Front(database, redis)
        front.publisher = Told(database, die)
        front.change(limits=Unlimited())
        enqueuer = front.services.enqueuer
        front.change(enqueuer=type(enqueuer)(database, front.publisher, enqueuer.contracts, enqueuer.world))
        config = uvicorn.Config(Answering(front.app, die), port=0, lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.wait([serving], timeout=0.02)
            if serving.done():
                raise RuntimeError("the server did not start")
        sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await serving


asyncio.run(serve(*sys.argv[1:]))
