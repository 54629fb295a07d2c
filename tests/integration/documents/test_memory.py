"""No handler holds a whole file over 8 MB: each is tried in a process of its own, whose peak is looked at."""

import pytest

from functions.analyze_document.reading import MOST_CHARACTERS
from functions.api.routes.documents import AT_ONCE
from shared.config import StorageSettings
from shared.database import Database
from tests.conftest import Objects
from tests.support.memory.grown import SMALL, environment, grown, put
from tests.support.open_storage import open_storage

LARGE = 20_000_000
HELD = 7_000_000
"""Bytes that may be held at once; they are pieces of a megabyte, some of which were read ahead or not yet freed."""
TEXT = 4 * MOST_CHARACTERS
"""Bytes of text, which an analysis holds besides."""


async def held(work: str, size: int, settings: StorageSettings, database: Database, mongodb_uri: str) -> int:
    environ = environment(settings, mongodb=mongodb_uri, database=database.name)
    with open_storage(settings) as storage:
        return grown(work, await put(storage, SMALL), await put(storage, size), environ).own


@pytest.mark.parametrize(
    ("work", "size", "most"),
    [
        ("claim", LARGE, HELD),
        ("claim, no checksum", AT_ONCE, HELD),
        ("claim, no checksum", LARGE, HELD),
        ("check_document", LARGE, HELD),
        ("text for analysis", LARGE, HELD + TEXT),
    ],
)
async def test_memory_is_flat_whatever_is_done_with_a_file(
    work: str, size: int, most: int, *, objects: Objects, database: Database, mongodb_uri: str
) -> None:
    assert await held(work, size, objects("tigris"), database, mongodb_uri) < most


async def test_a_process_that_reads_it_whole_is_seen(objects: Objects, database: Database, mongodb_uri: str) -> None:
    assert await held("read it whole", LARGE, objects("tigris"), database, mongodb_uri) > 0.9 * LARGE
