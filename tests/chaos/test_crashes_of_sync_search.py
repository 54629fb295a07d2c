"""Wherever sync_search dies or loses an answer: the change is in the index once, and marked, and nothing is lost."""

import logging
from collections.abc import AsyncIterator

import pytest

from functions.sync_search.contract import CONTRACT, SyncSearch
from shared.clock import World
from shared.config import StorageSettings
from shared.database import Database
from shared.documents import backlog
from shared.search.model import Filters, Match, Request, Sort
from shared.search.query import parse
from shared.search.tantivy.engine import TantivyIndex
from shared.storage import Storage
from shared.threads import Threads
from tests.chaos.conftest import CrashAtEveryStep
from tests.conftest import Objects
from tests.support.crash.deliveries import Scene
from tests.support.open_storage import open_storage

TEXT = "texts/crash-test/mill.txt"

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(600)]


@pytest.fixture
def settings(objects: Objects) -> StorageSettings:
    return objects("tigris")


@pytest.fixture
async def shelf(settings: StorageSettings) -> AsyncIterator[Storage]:
    """With the document's text in it."""
    with open_storage(settings) as storage:
        await storage.create(TEXT, b"The mill stands by the river.", content_type="text/plain")
        yield storage


def changed(database: Database) -> None:
    """One document, of which no index knows: each step begins as the clean delivery did."""
    now = database.delegate
    now.search_generation.delete_many({})
    now.search_retired.delete_many({})
    now.documents.replace_one(
        {"_id": "mill"},
        {
            "owner": "ada",
            "title": "A mill",
            "tags": [],
            "version": 1,
            "indexed_version": 0,
            "unindexed_since": 1,
            "file": {"key": "files/mill", "name": "m.txt", "content_type": "text/plain", "size": 1, "sha256": "00"},
            "text": {"key": TEXT, "characters": 29},
            "status": "stored",
            "created_at": 1,
            "updated_at": 1,
        },
        upsert=True,
    )


async def test_every_crash_leaves_the_change_in_the_index_once(
    crash_at_every_step: CrashAtEveryStep, database: Database, settings: StorageSettings, shelf: Storage
) -> None:
    def payload(_: str) -> SyncSearch:
        changed(database)
        return SyncSearch()

    async def effects(_: Scene) -> int:
        """How often the document's text is found in an index that is opened anew, once nothing waits."""
        index = TantivyIndex(database, shelf, Threads(), world=World(), log=logging.getLogger("crash"))
        asked = Request("ada", parse("text:river"), Filters({}), Sort.RELEVANCE, 10)
        found = await index.search(asked, Match.EXACT)
        await index.close()
        return -1 if await backlog.waiting(database) else found.total

    crashed = await crash_at_every_step(
        CONTRACT,
        payload=payload,
        effects=effects,
        services={"STORAGE_ENDPOINT": settings.storage_endpoint},
        direct={"redis"},
    )

    crossings = [str(crossing) for crossing in crashed.crossings]
    assert any(crossing.startswith("storage PUT") for crossing in crossings)
    assert any("search_generation" in crossing for crossing in crossings)
