"""The API behind a real HTTP server in a thread of its own, with a loop and a database of its own."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

import uvicorn
from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.collections import ensure
from shared.config import MongoSettings, RedisSettings
from shared.database import connect
from shared.errors import DependencyDown
from shared.rate_limits import Decision, Limit, RateLimits
from shared.redis import Redis
from tests.integration.api.front import Front


class Unlimited(RateLimits):
    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        return Decision(limit, allowed=True, remaining=1, reset=1)

    async def give_back(self, decision: Decision) -> None:
        pass


@dataclass
class Served:
    url: str = ""
    operator: Mapping[str, str] = ()  # type: ignore[assignment]
    front: Front | None = None


@contextmanager
def served(mongodb_uri: str) -> Iterator[Served]:
    """Up when entered, down and its database dropped when left."""
    server: list[uvicorn.Server] = []
    seen = Served()
    name = f"test_{secrets.token_hex(6)}"

    async def serve() -> None:
        database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name))
        await ensure(database, ruled=False)  # tests plant of a record what they are about
        nowhere = RedisSettings(
            stage="local", upstash_redis_rest_url="http://127.0.0.1:9", upstash_redis_rest_token=SecretStr("x")
        )
        async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as redis:
            front = Front(database, redis)
            front.change(limits=Unlimited())
            seen.front = front
            seen.operator = await front.key("operator")
            config = uvicorn.Config(front.app, port=0, lifespan="off", log_config=None, access_log=False)
            server.append(uvicorn.Server(config))
            await server[0].serve()
        await database.client.drop_database(name)
        database.client.close()

    thread = Thread(target=asyncio.run, args=[serve()])
    thread.start()
    try:
        while not (server and server[0].started):
            thread.join(0.02)
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
        seen.url = f"http://127.0.0.1:{server[0].servers[0].sockets[0].getsockname()[1]}"
        yield seen
    finally:
        if server:
            server[0].should_exit = True
        thread.join(20)
