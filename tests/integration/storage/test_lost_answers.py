"""The store did it and the answer was lost: the repeat finds it, and nothing is written twice."""

import asyncio
from urllib.parse import urlsplit

import pytest

from infra.local.faults.exchange import Exchange, Fault
from infra.local.faults.http import Http
from infra.local.faults.proxy import FaultProxy
from shared.clock import World, new_token
from shared.config import StorageSettings
from shared.errors import DependencyDown
from shared.retries import Retries
from tests.support.open_storage import open_storage

LOST = Fault(forwarded=True)
"""The store is asked and answers; the caller's connection is closed."""


class Losing:
    """The answers to so many requests of a method are lost."""

    def __init__(self, method: str, times: int) -> None:
        self.method = method
        self.left = times

    def judge(self, exchange: Exchange) -> Fault | None:
        if not exchange.name.startswith(self.method) or self.left == 0:
            return None
        self.left -= 1
        return LOST


@pytest.mark.parametrize("attempts", [1, 3])
async def test_an_object_whose_answer_was_lost_is_found_by_the_repeat(
    storage_settings: StorageSettings, attempts: int
) -> None:
    key = f"reports/{new_token()}.pdf"
    losing = Losing("PUT", 1)
    endpoint = urlsplit(storage_settings.storage_endpoint)
    upstream = (endpoint.hostname or "", endpoint.port or 0)
    retries = Retries("storage", world=World(sleep=lambda _: asyncio.sleep(0)), attempts=attempts)
    async with FaultProxy("storage", Http(), upstream, losing.judge) as proxy:
        through = storage_settings.model_copy(update={"storage_endpoint": f"http://{proxy.authority}"})
        with open_storage(through, retries=retries) as storage:
            if attempts == 1:
                with pytest.raises(DependencyDown):
                    await storage.create(key, b"first", content_type="application/pdf")
            else:
                await storage.create(key, b"first", content_type="application/pdf")
            assert losing.left == 0
            assert not await storage.create(key, b"second", content_type="application/pdf")
            assert await storage.first(key, 10) == b"first"


async def test_a_copy_and_a_deletion_may_be_repeated(storage_settings: StorageSettings) -> None:
    token = new_token()
    endpoint = urlsplit(storage_settings.storage_endpoint)
    losing = Losing("PUT", 0)
    async with FaultProxy("storage", Http(), (endpoint.hostname or "", endpoint.port or 0), losing.judge) as proxy:
        through = storage_settings.model_copy(update={"storage_endpoint": f"http://{proxy.authority}"})
        retries = Retries("storage", world=World(sleep=lambda _: asyncio.sleep(0)))
        with open_storage(through, retries=retries) as storage:
            await storage.create(f"uploads/{token}", b"body", content_type="text/plain")
            losing.left = 1
            copied = await storage.copy(f"uploads/{token}", f"files/{token}", content_type="text/plain")
            losing.method, losing.left = "POST", 1
            assert await storage.delete([f"uploads/{token}"]) == []
    assert (copied.size, losing.left) == (4, 0)
