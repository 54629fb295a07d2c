"""Turns of the cleanup on a bucket of its own, at whatever time the test says that it is.

await bench.put("files/a/1")
bench.later(days=2)
assert (await bench.turn(bucket=True))["marked"] == 1
"""

import logging
import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

from functions.cleanup_blobs.cleaning import begun, ended, go_on, make_turn
from functions.cleanup_blobs.contract import CONTRACT, CleanupBlobs
from functions.cleanup_blobs.periods import Periods
from functions.cleanup_blobs.progress import Progress
from functions.cleanup_blobs.services import Services
from functions.cleanup_blobs.turn import Turn
from shared.clock import World
from shared.database import Database
from shared.documents import Promise, uploads
from shared.runs.model import State
from shared.search.index import SearchIndex, Tidied
from shared.storage import Storage
from tests.support.documents import FILE, keep

LOG = logging.getLogger("cleanup")
TYPE = "text/plain"


class NoIndex:
    """Nothing is ever dead in it."""

    async def tidy(self) -> Tidied:
        return Tidied(0)


@dataclass
class Bench:
    database: Database
    storage: Storage
    services: Services = field(init=False)
    offset: float = 0.0

    def __post_init__(self) -> None:
        index = cast("SearchIndex", NoIndex())
        self.services = Services(self.database, self.storage, lambda: index, most_share=1.0, periods=Periods())

    def later(self, **period: float) -> None:
        """Our clock goes on; the store's and the bucket's don't."""
        self.offset += timedelta(**period).total_seconds()

    @property
    def world(self) -> World:
        return World(now=lambda: time.time() + self.offset)

    @property
    def now(self) -> int:
        return int(self.world.now() * 1000)

    def change(self, **services: Any) -> None:
        self.services = replace(self.services, **services)

    def begin(self, payload: CleanupBlobs, *, by: str = "turn") -> Turn:
        return make_turn(payload, self.services, begun(self.world), by=by, world=self.world, log=LOG)

    async def turn(
        self, *, by: str = "turn", told: Callable[[Progress], None] = lambda _: None, **asked: Any
    ) -> dict[str, Any]:
        """One turn to its end; its result."""
        payload = CleanupBlobs(**asked)
        turn = self.begin(payload, by=by)

        async def tell(progress: Progress) -> None:
            told(progress)

        assert await go_on(turn, bucket=payload.bucket, remaining=lambda: math.inf, told=tell)
        return ended(turn)

    async def put(self, *keys: str, body: bytes = b"12345") -> None:
        for key in keys:
            assert await self.storage.create(key, body, content_type=TYPE)

    async def there(self) -> set[str]:
        return {line.key async for page in self.storage.list("") for line in page}

    async def marked(self) -> set[str]:
        return {record["_id"] async for record in self.database.orphans.find({})}

    async def condemned(self) -> set[str]:
        return {record["_id"] async for record in self.database.condemned.find({})}

    async def upload(self, name: str, *, put: bool = True, **fields: Any) -> str:
        """Unclaimed, its URL expired long ago, but for what `fields` say; its key."""
        key = f"uploads/{name}"
        promise = Promise(name="a.txt", content_type=TYPE, size=5, sha256="00" * 32)
        await uploads.create(self.database, promise, owner="ada", upload_id=name, key=key)
        await self.database.uploads.update_one({"_id": name}, {"$set": {"url_expires_at": 0} | fields})
        if put:
            await self.put(key)
        return key

    async def document(self, name: str, *, text: bool = False, **fields: Any) -> Collection[str]:
        """Indexed and live, but for what `fields` say; the keys of its objects."""
        keys = [f"files/{name}/copy"]
        record: dict[str, Any] = {"file": {**FILE, "key": keys[0], "size": 5}}
        if text:
            keys.append(f"texts/{name}/read.txt")
            record["text"] = {"key": keys[1], "characters": 5}
        await keep(self.database, name, **(record | fields))
        await self.put(*keys)
        return keys

    async def report(self, run: str, *, put: bool = True, **fields: Any) -> str:
        """Made, and kept for long, but for what `fields` say; its key."""
        key = f"reports/{run}.pdf"
        record = {"owner": "ada", "kind": "report", "title": "A", "name": "a.pdf", "content": "{}", "key": key}
        made = {"size": 5, "pages": 1, "sha256": "00", "created_at": 1, "expires_at": 2**53}
        await self.database.reports.insert_one({"_id": run, **record, **made, **fields})
        if put:
            await self.put(key)
        return key

    async def run(self, name: str, state: State, *, job: str = CONTRACT.name) -> None:
        """Only what the cleanup looks at."""
        await self.database.runs.insert_one({"_id": name, "job": job, "owner": "ada", "state": state.value})
