"""A model of the local server, or of whatever stands in its place: built already, never waiting between its tries."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.ai import Model, Prompt
from shared.ai.answer_cache import AnswerCache
from shared.ai.bedrock import Bedrock
from shared.ai.budget import Budget
from shared.ai.provider import Provider
from shared.ai.providers import provider
from shared.breakers import Breaker, LocalBreaker
from shared.clock import World
from shared.config import AISettings
from shared.redis import Redis
from shared.retries import Retries
from shared.threads import Threads
from tests.support.ai_server import KEY
from tests.unit.ai.shapes import Notes

PROVIDERS: Final = ("bedrock", "openai")
DOCUMENT: Final = "Dear Ada, the engine has arrived. It weighs five tons. Yours, Charles."
WITHIN: Final = 60.0
PLENTY: Final = 1_000_000


def settings_of(name: str, url: str, **given: Any) -> AISettings:
    defaults = {
        "stage": "local",
        "ai_provider": name,
        "ai_model": "local-model",
        "ai_url": f"{url}/v1" if name == "openai" else url,
        "ai_region": "eu-central-1",
        "ai_key": KEY,
        "ai_tokens_a_day": PLENTY,
    }
    return AISettings.model_validate({**defaults, **given})


@asynccontextmanager
async def opened(
    settings: AISettings,
    redis: Redis,
    *,
    attempts: int = 1,
    threads: Threads | None = None,
    breaker: Breaker | None = None,
) -> AsyncIterator[Model]:
    world = World(sleep=lambda _: asyncio.sleep(0))
    asked = provider(settings, threads or Threads(), world)
    model = Model(
        asked,
        Budget(redis, tokens_a_day=settings.ai_tokens_a_day),
        AnswerCache(redis, world, asked.id),
        breaker=breaker or LocalBreaker("ai", time.monotonic, failures=1_000),
        retries=Retries("ai", world=world, attempts=attempts),
        world=world,
    )
    await built(asked)
    try:
        yield model
    finally:
        await model.close()


async def built(made: Provider) -> None:
    """boto3's client takes a while, which is not these tests' subject."""
    if isinstance(made, Bedrock):
        await asyncio.to_thread(made._built)


async def fill(model: Model, document: str = DOCUMENT, *, owner: str = "ada", token: str = "run") -> Any:
    prompt = Prompt("You read letters.", "Say what is in it.", document)
    return await model.fill(Notes, prompt, owner=owner, token=token, within=WITHIN)
