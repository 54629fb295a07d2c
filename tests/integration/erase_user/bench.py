"""What a test of an erasure needs: the API's door, the job's desk, and the index that the job waits for.

run = await bench.close(person)                  # as an operator
removed = await bench.erase(run)                 # all legs, the index following
assert await bench.traces(person) == []
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from functions.api import erasing
from functions.erase_user.contract import CONTRACT
from functions.erase_user.erasing import erase_user
from functions.erase_user.services import Services
from shared import idempotency
from shared.ai import kept_for
from shared.clock import World
from shared.database import Database
from shared.delivery import Handled
from shared.redis import Redis
from shared.runs.model import Run
from shared.storage import Storage
from tests.integration.api.front import Front
from tests.integration.documents import files
from tests.integration.sync_search import bench as syncing
from tests.support.desk import Desk

LONG = 290.0
"""Seconds of a delivery: time is not the subject."""
LEGS = 60


@dataclass(frozen=True)
class Person:
    id: str
    address: str
    mark: str
    """A word that stands in everything that is theirs."""
    who: dict[str, str]
    """The headers of their session."""

    @property
    def needles(self) -> Sequence[str]:
        return (self.id, self.address, self.mark)


class Bench:
    def __init__(self, database: Database, redis: Redis, storage: Storage) -> None:
        self.database = database
        self.redis = redis
        self.storage = storage
        self.front = Front(database, redis)
        self.front.change(storage=storage, upload_limits=files.LIMITS)
        self.search = syncing.Bench(database, storage)
        self.taken_back: list[str] = []
        self.services = Services(
            database,
            storage,
            partial(idempotency.erase, database),
            partial(kept_for.forget, redis),
            self._take_back,
        )

    async def _take_back(self, message: str) -> None:
        self.taken_back.append(message)

    @property
    def desk(self) -> Desk:
        """Of the services as they are now."""
        return Desk(self.database, CONTRACT, erase_user, services=self.services)

    def change(self, **services: Any) -> None:
        self.services = replace(self.services, **services)

    async def close(self, user: str) -> Run:
        """The door, as an operator closes it."""
        services = self.front.services
        run = await erasing.close(
            self.database, user, by="key:operator", enqueuer=services.enqueuer, world=World(), wait=erasing.REQUESTS_END
        )
        assert run is not None
        return run

    async def leg(self, run: Run, *, remaining: float = LONG) -> Handled:
        """One delivery, as if all waits were over."""
        desk = self.desk
        await desk.change(run.id, not_before=0)
        return await desk.deliver(await desk.read(run.id), remaining=remaining)

    async def erase(self, run: Run, *, remaining: float = LONG) -> dict[str, int]:
        """To the run's end, while the index follows; its result."""
        for _ in range(LEGS):
            handled = await self.leg(run, remaining=remaining)
            assert handled.answer.status == 200, handled
            now = await self.desk.read(run.id)
            if now.result is not None:
                result: dict[str, int] = json.loads(now.result)
                return result
            await self.search.turn()
        raise AssertionError(f"{LEGS} legs")

    async def left(self, person: Person) -> list[str]:
        """The same after an erasure, which leaves its own run and the audit's entry."""
        erasures = self.database.runs.find({"owner": erasing.OWNER}, {"_id": 1})
        acts = self.database.audit.find({"action": "user.erase"}, {"_id": 1})
        known = [f"runs/{one['_id']}" async for one in erasures] + [f"audit/{one['_id']}" async for one in acts]
        return await self.traces(person, besides=known)

    async def traces(self, person: Person, *, besides: Sequence[str] = ()) -> list[str]:
        """Where anything of the person is found: a scan of every record, object and name in Redis, as raw as can be."""
        places = [place async for place, text in everything(self) if any(needle in text for needle in person.needles)]
        return sorted(place for place in places if place not in besides)


async def everything(bench: Bench) -> AsyncIterator[tuple[str, str]]:
    """Each thing there is, by the name of its place.

    But for the files of the index: what they hold of a document that was taken out goes with them (whereabouts.py).
    """
    for name in await bench.database.list_collection_names():
        async for record in bench.database[name].find({}):
            yield f"{name}/{record['_id']}", repr(record)
    async for page in bench.storage.list(""):
        for listed in page:
            if not listed.key.startswith("search/"):
                body = b"".join([piece async for piece in bench.storage.stream(listed.key)])
                yield listed.key, listed.key + body.decode("utf-8", "replace")
    for name in await bench.redis.call("KEYS", "*"):
        yield f"redis {name}", name + repr(await held(bench.redis, name))


async def held(redis: Redis, name: str) -> Any:
    match await redis.call("TYPE", name):
        case "string":
            return await redis.call("GET", name)
        case "hash":
            return await redis.call("HGETALL", name)
        case "set":
            return await redis.call("SMEMBERS", name)
        case "list":
            return await redis.call("LRANGE", name, 0, -1)
        case "zset":
            return await redis.call("ZRANGE", name, 0, -1)
        case kind:
            raise AssertionError(kind)
