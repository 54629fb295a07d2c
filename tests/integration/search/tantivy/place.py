"""Writers and readers of one index, each a process of its own as far as the index can tell.

place = Place(database, storage)
ada, eve = place.process(), place.process()
await ada.put(entry("one", text="a mill"))
assert await eve.found("mill") == {"one"}
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.clock import World
from shared.database import Database
from shared.search.model import Entry, Filters, Gone, Match, Request, Sort, State
from shared.search.query import parse
from shared.search.tantivy.engine import TantivyIndex
from shared.storage import Storage
from shared.threads import Threads
from tests.integration.search.engines.library import entry
from tests.support.documents import keep

LOG = logging.getLogger("search")


class Process:
    def __init__(self, database: Database, storage: Storage) -> None:
        self.database = database
        self.index = TantivyIndex(database, storage, Threads(), world=World(), log=LOG)

    async def put(self, *states: State) -> None:
        async def read() -> Sequence[State]:
            return states

        await self.index.change(read)

    async def found(self, words: str, *, owner: str = "ada") -> set[str]:
        asked = Request(owner, parse(words), Filters({}), Sort.RELEVANCE, 500)
        return {hit.id for hit in (await self.index.search(asked, Match.EXACT)).hits}

    async def held(self) -> dict[str, int]:
        parts = await self.index.sums()
        return {name: version for part in parts for name, version in (await self.index.versions(part)).items()}


@dataclass
class Place:
    database: Database
    storage: Storage
    processes: list[Process] = field(default_factory=list)

    def process(self, storage: Storage | None = None) -> Process:
        self.processes.append(Process(self.database, storage or self.storage))
        return self.processes[-1]

    async def generation(self) -> dict[str, Any]:
        record = await self.database.search_generation.find_one({})
        assert record is not None
        return dict(record)

    async def packs(self) -> set[str]:
        """Of this index, in the bucket, which all tests share."""
        named = {key for key, _, _ in (await self.generation())["packs"]}
        return {line.key async for page in self.storage.list("search/") for line in page if line.key in named}

    async def document(self, name: str, **fields: Any) -> None:
        """A record of MongoDB's, waiting to be indexed."""
        await keep(self.database, name, **{"indexed_version": 0, "unindexed_since": 1, **fields})

    async def close(self) -> None:
        for process in self.processes:
            await process.index.close()


def mill(name: str, version: int = 1, **fields: Any) -> Entry:
    return entry(name, version=version, **{"text": f"the mill {name}", **fields})


def gone(name: str, version: int = 2) -> Gone:
    return Gone(name, version)
