"""Tests that ask for `model` or `settings` run with each provider in turn, against the local server."""

from collections.abc import AsyncIterator

import pytest

from shared.ai import Model
from shared.config import AISettings
from shared.redis import Redis
from tests.integration.ai.opened import PROVIDERS, opened, settings_of
from tests.support.ai_server import AiServer


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(provider: str, ai: AiServer) -> AISettings:
    return settings_of(provider, ai.url)


@pytest.fixture
async def model(settings: AISettings, redis: Redis) -> AsyncIterator[Model]:
    async with opened(settings, redis) as made:
        yield made
