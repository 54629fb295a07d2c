"""A fresh process's first search: `python -m tests.benchmarks.searching.first WORD`, for cold.py.

Prints its seconds, from an index that has touched nothing to what was found, and the bytes that it fetched.
"""

import asyncio
import json
import sys
import time

from shared.clock import World
from shared.config import MongoSettings, SearchSettings, StorageSettings, load
from shared.database import connect
from shared.search.choosing import search_index
from shared.search.model import Filters, Match, Request, Sort
from shared.search.query import parse
from shared.search.tantivy.engine import TantivyIndex
from shared.threads import Threads
from tests.benchmarks.searching.corpus import OWNER
from tests.benchmarks.searching.places import LOG
from tests.support.open_storage import open_storage


async def first(word: str) -> tuple[float, int]:
    threads, database = Threads(), connect(load(MongoSettings))
    request = Request(OWNER, parse(word), Filters({}), Sort.RELEVANCE, 20)
    with open_storage(load(StorageSettings), threads=threads) as storage:
        index = search_index(load(SearchSettings), database, storage, threads, world=World(), log=LOG)
        started = time.perf_counter()
        found = await index.search(request, Match.EXACT)
        took = time.perf_counter() - started
        await index.close()
    database.client.close()
    if not found.total:
        raise RuntimeError("nothing was found")
    return took, index.fetched if isinstance(index, TantivyIndex) else 0


if __name__ == "__main__":
    print(json.dumps(asyncio.run(first(sys.argv[1]))))  # noqa: T201 - it is a command
