"""A job runtime with sync_search in it, documents to index, and a look at what the index holds.

await bench.document("one", text="a mill")
assert await bench.turn() == {"indexed": 1, ..}
assert await bench.held() == {"one": 1}
"""

import json
import logging
from collections.abc import Collection
from dataclasses import replace
from secrets import token_hex
from typing import Any

from functions.sync_search.contract import CONTRACT, SyncSearch
from functions.sync_search.services import Services
from functions.sync_search.syncing import sync_search
from shared.clock import World
from shared.database import Database
from shared.delivery import Handled
from shared.documents import records
from shared.runs.model import Run
from shared.search.index import SearchIndex
from shared.search.model import Filters, Match, Request, Sort
from shared.search.query import parse
from shared.search.source import Source
from shared.search.tantivy.engine import TantivyIndex
from shared.storage import Storage
from shared.threads import Threads
from tests.support.desk import Desk
from tests.support.documents import keep
from tests.support.unindexed import unindexed

LOG = logging.getLogger("sync")
LONG = 280.0
"""Seconds of a delivery: time is not the subject."""


class Bench:
    def __init__(self, database: Database, storage: Storage) -> None:
        self.database = database
        self.storage = storage
        self.invalidated: list[set[str]] = []
        self.index: SearchIndex = TantivyIndex(database, storage, Threads(), world=World(), log=LOG)
        self.services = Services(database, self.index, Source(database, storage, LOG), self._invalidate)
        self._results: list[Any] = []

    async def _invalidate(self, owners: Collection[str]) -> None:
        self.invalidated.append(set(owners))

    @property
    def desk(self) -> Desk:
        """Of the services as they are now."""
        return Desk(self.database, CONTRACT, sync_search, services=self.services)

    def change(self, **services: Any) -> None:
        self.services = replace(self.services, **services)

    async def document(self, name: str, *, text: str | None = None, **fields: Any) -> None:
        """Waiting to be indexed."""
        if text is not None:
            key = f"texts/{token_hex(6)}/{name}.txt"
            await self.storage.create(key, text.encode(), content_type="text/plain")
            fields["text"] = {"key": key, "characters": len(text)}
        await keep(self.database, name, **{"indexed_version": 0, "unindexed_since": 1, **fields})

    async def rename(self, name: str, title: str) -> None:
        changed = records.change(self.database, name, {"title": title}, owner="ada", versions=None, indexing=unindexed)
        assert await changed is not None

    async def delete(self, name: str) -> None:
        assert await records.delete(self.database, name, owner="ada", indexing=unindexed)

    async def turn(self, *, audit: bool = False) -> dict[str, Any]:
        """One run to its end, whatever legs it takes; its result."""
        desk = self.desk
        accepted = await desk.enqueue(SyncSearch(audit=audit))
        run = accepted.run
        for _ in range(20):
            handled = await self.deliver(desk, run)
            assert handled.answer.status == 200, handled
            run = await desk.read(run.id)
            if run.result is not None:
                result: dict[str, Any] = json.loads(run.result)
                return result
        raise AssertionError("twenty legs")

    async def deliver(self, desk: Desk, run: Run, *, remaining: float = LONG + 20) -> Handled:
        return await desk.deliver(await desk.read(run.id), remaining=remaining)

    async def held(self) -> dict[str, int]:
        """Which version of which document is in the index."""
        parts = await self.index.sums()
        return {name: version for part in parts for name, version in (await self.index.versions(part)).items()}

    async def waiting(self) -> set[str]:
        found = self.database.documents.find({"unindexed_since": {"$exists": True}})
        return {record["_id"] async for record in found}

    async def found(self, words: str, *, owner: str = "ada") -> set[str]:
        asked = Request(owner, parse(words), Filters({}), Sort.RELEVANCE, 100)
        return {hit.id for hit in (await self.index.search(asked, Match.EXACT)).hits}
