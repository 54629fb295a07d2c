"""Whatever the provider answers, or stands in its place, means one thing in our terms."""

import asyncio
import socket
import time
from typing import Any, Final

import pytest

from shared.ai import CallRefused, Model, RefusedByModel, TooLong
from shared.ai.errors import AnswerLost
from shared.breakers import BreakerOpen, LocalBreaker
from shared.config import AISettings
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.ai.opened import fill, opened, settings_of
from tests.integration.ai.scripted import Answer, said, scripted
from tests.support.ai_server import AiServer

AWAY: Final = (401, 403, 404, 408, 424, 500, 502)


async def fails(model: Model) -> DependencyDown:
    with pytest.raises(DependencyDown) as caught:
        await fill(model)
    assert (caught.value.service, caught.value.its_fault) == ("ai", True)
    return caught.value


@pytest.mark.parametrize("status", AWAY)
async def test_what_time_or_a_deploy_can_mend_is_an_outage(model: Model, ai: AiServer, status: int) -> None:
    """A wrong key and a model that is not there too: no run fails by them."""
    ai.order({"status": status})
    error = await fails(model)
    assert not isinstance(error, AnswerLost)
    assert error.message == f"ai: status {status}"
    assert len(ai.calls()) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_provider_that_throttles_is_left_alone_for_as_long_as_it_says(
    model: Model, ai: AiServer, status: int
) -> None:
    ai.order({"status": status}, {"status": status, "headers": {"retry-after": "17"}})
    assert (await fails(model)).retry_after == 5
    assert (await fails(model)).retry_after == 17


async def test_an_account_without_money_is_left_alone_for_longer(redis: Redis, ai: AiServer) -> None:
    ai.order({"status": 429, "code": "insufficient_quota"})
    async with opened(settings_of("openai", ai.url), redis) as model:
        assert (await fails(model)).retry_after == 300


@pytest.mark.parametrize("code", ["ModelNotReadyException", "ServiceQuotaExceededException"])
async def test_bedrocks_other_words_for_throttling_are_known(redis: Redis, ai: AiServer, code: str) -> None:
    ai.order({"status": 400, "code": code})
    async with opened(settings_of("bedrock", ai.url), redis) as model:
        assert (await fails(model)).retry_after == 5


TOO_LONG: Final = {
    "bedrock": (
        {"status": 400, "message": "Input is too long for requested model."},
        {"status": 400, "message": "The model returned the following errors: prompt is too long: 9 tokens > 8 maximum"},
        {"status": 413},
    ),
    "openai": (
        {"status": 400, "code": "context_length_exceeded"},
        {"status": 400, "message": "This model's maximum context length is 8192 tokens."},
        {"status": 413},
    ),
}


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_more_than_the_model_can_read_is_too_long_for_good(
    model: Model, ai: AiServer, provider: str, place: int
) -> None:
    ai.order(TOO_LONG[provider][place])
    with pytest.raises(TooLong):
        await fill(model)


async def test_another_refusal_is_for_good_and_says_no_word_of_the_text(model: Model, ai: AiServer) -> None:
    ai.order({"status": 400, "message": "Dear Ada is not allowed."})
    with pytest.raises(CallRefused) as caught:
        await fill(model)
    assert caught.value.status == 400
    assert "Ada" not in caught.value.message


async def test_a_model_that_can_not_be_called_so_is_a_deployments_fault(redis: Redis, ai: AiServer) -> None:
    ai.order({"status": 400, "message": "The provided model identifier is invalid."})
    async with opened(settings_of("bedrock", ai.url), redis) as model:
        await fails(model)


async def test_what_a_filter_refuses_is_refused_for_good(model: Model, ai: AiServer) -> None:
    ai.order({"output": "filtered"})
    with pytest.raises(RefusedByModel):
        await fill(model)
    assert len(ai.calls()) == 1


async def test_a_filtered_question_and_a_model_that_declines_are_refused_for_good(redis: Redis) -> None:
    error = {"error": {"message": "no", "type": "x", "code": "content_filter", "param": None}}
    message = {"role": "assistant", "content": None, "refusal": "I can't."}
    declined = {"choices": [{"message": message, "finish_reason": "stop"}]}
    answers = said(400, error), said(200, declined)
    async with scripted(*answers) as script, opened(settings_of("openai", script.url), redis) as model:
        for _ in range(2):
            with pytest.raises(RefusedByModel):
                await fill(model)


async def test_a_context_that_is_full_before_the_answer_ends_is_too_long(redis: Redis) -> None:
    full = {
        "output": {"message": {"role": "assistant", "content": []}},
        "stopReason": "model_context_window_exceeded",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    }
    async with scripted(said(200, full)) as script, opened(settings_of("bedrock", script.url), redis) as model:
        with pytest.raises(TooLong):
            await fill(model)


async def half_of_it(writer: asyncio.StreamWriter) -> None:
    """And then the connection is closed."""
    writer.write(said(200, '{"choices": [{"mess')[:-3])
    await writer.drain()


NO_ANSWERS: Final[tuple[Answer, ...]] = (
    b"",
    b"\x00\xff\x00 no http\r\n\r\n",
    said(200, "<html>It works!</html>", Content_Type="text/html"),
    said(200, "null"),
    said(200, []),
    said(200, {"choices": [], "output": {}, "stopReason": "tool_use"}),
    said(200, {"choices": [{"message": 5, "finish_reason": "stop"}], "output": [], "stopReason": 5}),
    half_of_it,
)


@pytest.mark.parametrize("answer", NO_ANSWERS, ids=range(len(NO_ANSWERS)))
async def test_an_answer_that_is_none_may_have_cost(provider: str, redis: Redis, answer: Answer) -> None:
    async with scripted(answer) as script, opened(settings_of(provider, script.url), redis) as model:
        assert isinstance(await fails(model), AnswerLost)


async def test_a_provider_that_is_not_there_has_taken_nothing(provider: str, redis: Redis) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and never listened at
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        async with opened(settings_of(provider, url), redis) as model:
            assert not isinstance(await fails(model), AnswerLost)


async def test_an_error_page_in_the_providers_place_is_an_outage(provider: str, redis: Redis) -> None:
    page = said(502, "<html>Bad gateway</html>")
    async with scripted(page) as script, opened(settings_of(provider, script.url), redis) as model:
        assert (await fails(model)).message == "ai: status 502"


@pytest.mark.parametrize("fault", [{"drop_answer": True}, {"drop_request": True}, {"status": 500}])
async def test_a_call_that_broke_is_made_again(
    settings: AISettings, redis: Redis, ai: AiServer, fault: dict[str, Any]
) -> None:
    ai.order(fault, fault)
    async with opened(settings, redis, attempts=3) as model:
        await fill(model)
    assert len(ai.calls()) == 3


async def test_failures_open_the_breaker_and_refusals_do_not(settings: AISettings, redis: Redis, ai: AiServer) -> None:
    async with opened(settings, redis, breaker=LocalBreaker("ai", time.monotonic, failures=2)) as model:
        ai.order(*[{"status": 400}] * 3, always={"status": 500})
        for _ in range(3):
            with pytest.raises(CallRefused):
                await fill(model)
        await fails(model)
        await fails(model)
        with pytest.raises(BreakerOpen):
            await fill(model)
    assert len(ai.calls()) == 5
