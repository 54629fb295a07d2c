"""Answers that a parser stumbles over rather than refuses: they are none, and nothing of them is told."""

import pytest

from shared.ai import CallRefused
from shared.ai.errors import AnswerLost
from shared.redis import Redis
from tests.integration.ai.opened import fill, opened, settings_of
from tests.integration.ai.scripted import said, scripted


@pytest.mark.parametrize("body", ["[" * 100_000, '{"choices":' * 100_000])
async def test_json_that_is_too_deep_is_no_answer(provider: str, redis: Redis, body: str) -> None:
    async with scripted(said(200, body)) as script, opened(settings_of(provider, script.url), redis) as model:
        with pytest.raises(AnswerLost):
            await fill(model)


async def test_a_refusal_that_is_too_deep_is_one_without_a_code(redis: Redis) -> None:
    refusal = said(400, '{"error":' * 100_000)
    async with scripted(refusal) as script, opened(settings_of("openai", script.url), redis) as model:
        with pytest.raises(CallRefused, match="bad_request"):
            await fill(model)


async def test_a_count_of_tokens_without_end_is_no_answer_of_bedrocks(redis: Redis) -> None:
    content = [{"toolUse": {"toolUseId": "x", "name": "Notes", "input": {}}}]
    answer = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "tool_use"}
    endless = said(200, {**answer, "usage": {"totalTokens": float("inf")}})
    async with scripted(endless) as script, opened(settings_of("bedrock", script.url), redis) as model:
        with pytest.raises(AnswerLost):
            await fill(model)


@pytest.mark.parametrize("code", ["Dear Ada, the engine has arrived.", ["Dear Ada"], "dear" * 20])
async def test_a_code_that_may_be_a_text_is_not_told(redis: Redis, code: object) -> None:
    answer = said(400, {"error": {"message": "no", "code": code}})
    async with scripted(answer) as script, opened(settings_of("openai", script.url), redis) as model:
        with pytest.raises(CallRefused) as caught:
            await fill(model)
    assert caught.value.reason == "bad_request"
