"""Each way to call storage, and a client of a scripted server: built already, never waiting between its tries."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.clock import World
from shared.config import StorageSettings
from shared.retries import Retries
from shared.storage import Storage
from tests.integration.storage.scripted import Script
from tests.support.open_storage import open_storage

TEXT = "text/plain"
ETAG = '"9dd4e461268c8034f5c8564e155c67a6"'


async def listed(storage: Storage) -> list[Any]:
    return [page async for page in storage.list("a")]


Call = Callable[[Storage], Awaitable[Any]]
CALLS: dict[str, Call] = {
    "head": lambda storage: storage.head("a"),
    "copy": lambda storage: storage.copy("a", "b", content_type=TEXT),
    "create": lambda storage: storage.create("a", b"body", content_type=TEXT),
    "first": lambda storage: storage.first("a", 10),
    "sha256": lambda storage: storage.sha256("a"),
    "delete": lambda storage: storage.delete(["a"]),
    "list": listed,
}


@contextmanager
def opened(script: Script | StorageSettings, *, attempts: int = 1, **given: Any) -> Iterator[Storage]:
    settings = script if isinstance(script, StorageSettings) else script.settings
    world = World(sleep=lambda _: asyncio.sleep(0))
    with open_storage(settings, retries=Retries("storage", world=world, attempts=attempts), **given) as storage:
        _ = storage._calls.client  # that takes a while, which is not these tests' subject
        yield storage
