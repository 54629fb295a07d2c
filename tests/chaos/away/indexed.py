"""A document in the search index, as sync_search leaves it: a pack in the bucket, and a generation that names it."""

import logging
import os
from collections.abc import Mapping, Sequence
from unittest import mock

from shared.clock import World
from shared.config import StorageSettings, load
from shared.database import Database
from shared.search.model import Entry
from shared.search.tantivy.engine import TantivyIndex
from shared.threads import Threads
from tests.integration.api.searched import Shelf
from tests.support.open_storage import open_storage


async def index_one(database: Database, environment: Mapping[str, str], *, owner: str) -> None:
    """The bucket is the one that the function with this environment knows."""
    entry = await Shelf(database).keep(owner, title="A poem")
    with mock.patch.dict(os.environ, environment):
        settings = load(StorageSettings)

    async def read() -> Sequence[Entry]:
        return [entry]

    threads = Threads()
    with open_storage(settings, threads=threads) as storage:
        index = TantivyIndex(database, storage, threads, world=World(), log=logging.getLogger("away"))
        await index.change(read)
        await index.close()
