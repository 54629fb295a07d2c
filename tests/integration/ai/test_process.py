"""The model as a function gets it: built of its environment, at the first need."""

import pytest

from shared.config import RedisSettings
from shared.process import Process
from tests.integration.ai.opened import fill, settings_of
from tests.support.ai_server import KEY, AiServer


def test_a_function_asks_the_model_that_its_environment_names(
    provider: str, ai: AiServer, empty_redis: RedisSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(provider, ai.url)
    environment = {
        "STAGE": "local",
        "AI_PROVIDER": provider,
        "AI_MODEL": "a-model",
        "AI_URL": settings.ai_url,
        "AI_REGION": "eu-central-1",
        "AI_KEY": KEY,
        "AI_TOKENS_A_DAY": "100000",
        "UPSTASH_REDIS_REST_URL": empty_redis.upstash_redis_rest_url,
        "UPSTASH_REDIS_REST_TOKEN": empty_redis.upstash_redis_rest_token.get_secret_value(),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    process = Process("analyze_document")
    try:
        answers = [process.run(fill(process.ai, token=str(number))) for number in range(2)]
        process.run(process.ai.close())
        process.run(process.redis.aclose())
    finally:
        process.loop.close()
    assert [answer.cached for answer in answers] == [False, True]
    assert {answer.model for answer in answers} == {f"{provider}/a-model"}
    assert [call["model"] for call in ai.calls()] == ["a-model"]
