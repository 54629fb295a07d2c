"""A server that webhooks are sent to, who sends them, and the two of them with a job between."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import World
from shared.database import Database
from shared.webhooks.sending import Sender
from tests.integration.send_webhook.bench import Bench
from tests.support.inbox import Inbox


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with Inbox.open() as opened:
        yield opened


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    made = Sender(local=True, world=World())
    yield made
    await made.aclose()


@pytest.fixture
async def bench(database: Database, inbox: Inbox, sender: Sender) -> Bench:
    return await Bench.made(database, inbox, sender)
