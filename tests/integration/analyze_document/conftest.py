"""A bench of the job: a real MongoDB, Redis, S3 server and worker, and the local stack's model behind OpenAI's API."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from functions.analyze_document.services import Services
from shared.ai.openai import OpenAI
from shared.config import AISettings
from shared.database import Database
from shared.redis import Redis
from shared.storage import Storage
from shared.worker import Limits, Worker
from tests.conftest import Objects
from tests.integration.analyze_document.bench import TOKENS, Asking, Bench, model_of
from tests.support.ai_server import KEY, AiServer
from tests.support.open_storage import be_patient, open_storage

READER = "tests.integration.analyze_document.reader"


@pytest.fixture
def bucket(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    be_patient(monkeypatch)
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
async def reader() -> AsyncIterator[Worker]:
    made = Worker(READER, Limits(memory=500_000_000, file_size=50_000_000))
    yield made
    await made.close()


@pytest.fixture
async def bench(
    database: Database, redis: Redis, bucket: Storage, reader: Worker, ai: AiServer
) -> AsyncIterator[Bench]:
    settings = AISettings(
        stage="local",
        ai_provider="openai",
        ai_model="local-model",
        ai_url=f"{ai.url}/v1",
        ai_key=SecretStr(KEY),
        ai_tokens_a_day=TOKENS,
    )
    provider = Asking(OpenAI(settings))
    yield Bench(database, Services(database, bucket, reader, model_of(provider, redis)), provider, redis, ai)
    await provider.close()
