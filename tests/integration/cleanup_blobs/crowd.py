"""A bucket with very many objects, half of them owned, and people who go on uploading, claiming and deleting."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from shared.clock import World, new_token
from shared.config import StorageSettings
from shared.database import Database, reachable
from shared.documents import Desk, Promise, UploadGone, Wish, backlog, claim, records, uploads
from shared.errors import RetryableError
from shared.runs.model import Run
from shared.storage import Storage
from tests.support.bare_s3 import bare_s3
from tests.support.documents import FILE
from tests.support.unindexed import unindexed

AT_ONCE: Final = 12
BODY: Final = b"A line.\n"


@dataclass
class Crowd:
    """`owned` and `orphaned` are keys."""

    owned: set[str] = field(default_factory=set)
    orphaned: set[str] = field(default_factory=set)

    async def fill(self, settings: StorageSettings, database: Database, count: int) -> None:
        """Of ten: six files, two texts, an upload and a report. Every second one has an owner."""
        records: dict[str, list[dict[str, Any]]] = {"documents": [], "uploads": [], "reports": []}
        for number in range(count):
            name, owned = f"{number * 7_919 % count:07}", number % 20 < 10
            key = self._key(number % 10, name)
            (self.owned if owned else self.orphaned).add(key)
            if owned:
                kind, record = _owner(key, name)
                records[kind].append(record)
        s3 = bare_s3(settings)
        await asyncio.to_thread(_put_all, s3, settings.storage_bucket, [*self.owned, *self.orphaned])
        s3.close()
        for kind, those in records.items():
            for start in range(0, len(those), 500):
                await database[kind].insert_many(those[start : start + 500])

    def _key(self, place: int, name: str) -> str:
        if place < 6:
            return f"files/d{name}/copy"
        if place < 8:
            return f"texts/t{name}/read.txt"
        return f"uploads/u{name}" if place == 8 else f"reports/r{name}.pdf"


def _owner(key: str, name: str) -> tuple[str, dict[str, Any]]:
    document = {"owner": "ada", "version": 1, "indexed_version": 1, "file": {**FILE, "key": f"files/no/{name}"}}
    match key[0]:
        case "f":
            return "documents", {"_id": f"d{name}", **document, "file": {**FILE, "key": key}}
        case "t":
            return "documents", {"_id": f"t{name}", **document, "text": {"key": key, "characters": 8}}
        case "u":
            return "uploads", {"_id": f"u{name}", "key": key, "state": "unclaimed", "url_expires_at": 2**53}
        case _:
            return "reports", {"_id": f"r{name}", "key": key, "expires_at": 2**53}


def _put_all(s3: Any, bucket: str, keys: Sequence[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=BODY), keys):
            assert done["ETag"]


@dataclass
class Person:
    """Uploads, claims, and deletes every third document again: one at a time, whenever they may."""

    database: Database
    storage: Storage
    may: asyncio.Event = field(default_factory=asyncio.Event)
    claimed: int = 0
    deleted: int = 0

    async def live(self) -> None:
        desk = Desk(self.database, self.storage, World(), _never, indexing=unindexed, at_once=10**9)
        while await self.may.wait():
            self.may.clear()
            with suppress(UploadGone, RetryableError):  # the turn was faster, or the machine is slow
                async with reachable():
                    await self._once(desk)

    async def _once(self, desk: Desk) -> None:
        name = new_token()
        promise = Promise("a.txt", "text/plain", len(BODY), hashlib.sha256(BODY).hexdigest())
        upload = await uploads.create(self.database, promise, owner="eve", upload_id=name, key=f"uploads/{name}")
        await self.storage.create(upload.key, BODY, content_type="text/plain")
        document = (await claim(desk, upload.id, owner="eve", wish=Wish())).document
        self.claimed += 1
        if self.claimed % 3 == 0:
            await records.delete(self.database, document.id, owner="eve", indexing=unindexed)
            await backlog.mark(self.database, {document.id: 2})
            self.deleted += 1


async def among(people: Sequence[Person], turn: Callable[[], Awaitable[Any]]) -> Any:
    """The turn, while the people live on."""
    living = [asyncio.create_task(person.live()) for person in people]
    try:
        return await turn()
    finally:
        for one in living:
            one.cancel()
        for fate in await asyncio.gather(*living, return_exceptions=True):
            assert isinstance(fate, asyncio.CancelledError), fate


async def _never(*_: object) -> Run:
    raise AssertionError("small files are hashed by the claim")
