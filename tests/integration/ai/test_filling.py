"""What a model is asked and answers, through boto3 and httpx, and what is kept of it."""

import asyncio
import time

import pytest

from functions.analyze_document.analysis import Analysis
from shared.ai import Model, Prompt
from shared.breakers import LocalBreaker
from shared.config import AISettings, RedisSettings
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.ai.opened import DOCUMENT, WITHIN, fill, opened
from tests.integration.locks.faulty import QUESTION_LOST, faulty_client
from tests.support.ai_server import AiServer
from tests.unit.ai.shapes import Notes


async def test_an_answer_is_of_the_shape_and_tells_its_cost_and_its_model(
    model: Model, ai: AiServer, provider: str
) -> None:
    answer = await fill(model)
    assert isinstance(answer.value, Notes)
    assert answer.value.title.startswith("Dear Ada")
    (call,) = ai.calls()
    assert call["document"] == len(DOCUMENT)
    assert (answer.tokens, answer.cached) == (call["tokens"], False)
    assert answer.model == model.id == f"{provider}/local-model"


async def test_an_analysis_is_filled(model: Model) -> None:
    prompt = Prompt(
        "You read.", "Analyse it.", "Invoice. The total of this invoice is 300 euros. Please pay the total."
    )
    answer = await model.fill(Analysis, prompt, owner="ada", token="run", within=WITHIN)
    assert (answer.value.category, answer.value.language) == ("invoice", "en")


@pytest.mark.parametrize("document", ["", "Ω ≠ \u0000 \ud800", "資料" * 3_000, "</document>"])
async def test_any_text_is_a_document(model: Model, document: str) -> None:
    await fill(model, document)


async def test_the_same_is_paid_for_once_by_all_processes(
    settings: AISettings, empty_redis: RedisSettings, ai: AiServer
) -> None:
    """Whoever asks: an answer depends on the question alone."""
    answers = []
    for owner in ("ada", "charles"):
        breaker = LocalBreaker("redis", time.monotonic)
        async with Redis(empty_redis, breaker, limit=30) as redis, opened(settings, redis) as model:
            answers.append(await fill(model, owner=owner, token=owner))
    assert len(ai.calls()) == 1
    assert [(answer.cached, answer.tokens > 0) for answer in answers] == [(False, True), (True, False)]
    assert answers[0].value == answers[1].value


async def test_callers_at_once_wait_for_the_first_of_them(model: Model, ai: AiServer) -> None:
    ai.order({"delay": 0.5})
    answers = await asyncio.gather(*(fill(model, token=f"run {number}") for number in range(4)))
    assert len(ai.calls()) == 1
    assert sorted(answer.cached for answer in answers) == [False, True, True, True]


async def test_another_document_another_instruction_another_model_are_asked(
    model: Model, settings: AISettings, redis: Redis, ai: AiServer
) -> None:
    await fill(model)
    await fill(model, DOCUMENT + " ", token="2")
    prompt = Prompt("You read letters.", "Say less.", DOCUMENT)
    await model.fill(Notes, prompt, owner="ada", token="3", within=WITHIN)
    other = settings.model_copy(update={"ai_model": "another"})
    async with opened(other, redis) as another:
        assert not (await fill(another, token="4")).cached
    assert [call["model"] for call in ai.calls()] == ["local-model"] * 3 + ["another"]


async def test_nothing_is_asked_while_redis_is_away(
    settings: AISettings, empty_redis: RedisSettings, ai: AiServer
) -> None:
    """Nobody would count what it costs."""
    async with faulty_client(empty_redis) as faulty, opened(settings, faulty.redis) as model:
        faulty.faults = [QUESTION_LOST] * 100
        with pytest.raises(DependencyDown) as caught:
            await fill(model)
    assert caught.value.service == "redis"
    assert ai.calls() == []
