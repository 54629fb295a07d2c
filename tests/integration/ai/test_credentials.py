"""Who speaks to the provider: the key that we were given, or the function's role; and nobody else that is about."""

import pytest

from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.ai.opened import fill, opened, settings_of
from tests.support.ai_server import AiServer


async def test_the_key_is_sent(ai: AiServer, provider: str, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else there is in the environment, as a role's credentials are in Lambda."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAROLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the role")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "another key")
    async with opened(settings_of(provider, ai.url), redis) as model:
        await fill(model)
    assert [call["credentials"] for call in ai.calls()] == ["key"]


async def test_without_a_key_the_functions_role_signs(
    ai: AiServer, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAROLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the role")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of the role too")
    async with opened(settings_of("bedrock", ai.url, ai_key=""), redis) as model:
        await fill(model)
    assert [call["credentials"] for call in ai.calls()] == ["signature"]


async def test_a_wrong_key_is_a_deployments_fault(ai: AiServer, provider: str, redis: Redis) -> None:
    async with opened(settings_of(provider, ai.url, ai_key="wrong"), redis) as model:
        with pytest.raises(DependencyDown, match=r"status 40[13]"):
            await fill(model)
    assert ai.calls() == []
