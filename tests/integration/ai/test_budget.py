"""What an owner's day is charged: what was used, once; where that can't be known, too much rather than too little."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shared.ai import Model, OverQuota
from shared.ai.prompt import Prompt, question
from shared.ai.provider import Request
from shared.ai.shape import schema_of
from shared.config import AISettings, RedisSettings
from shared.counters import DAY, Away, Quota, Quotas
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.ai.opened import DOCUMENT, PLENTY, fill, opened, settings_of
from tests.integration.locks.faulty import ANSWER_LOST, QUESTION_LOST, Faulty, faulty_client
from tests.support.ai_server import AiServer
from tests.unit.ai.shapes import Notes

AT_MOST = Request(
    question(Prompt("You read letters.", "Say what is in it.", DOCUMENT)), "Notes", schema_of(Notes)
).at_most
"""What is taken before the document's first call."""
QUOTA = Quota(name="ai tokens", limit=PLENTY, window=DAY, away=Away.CLOSED)


async def used(redis: Redis, owner: str = "ada") -> int:
    """Less the one that it takes to ask."""
    taken = await Quotas(redis).take(QUOTA, owner, 1, token="asked")
    await Quotas(redis).give_back(QUOTA, owner, token="asked")
    return (taken.used or 0) - 1


async def fails(model: Model, **given: Any) -> None:
    with pytest.raises(DependencyDown):
        await fill(model, **given)


async def test_what_the_provider_counted_is_what_counts(model: Model, redis: Redis, ai: AiServer) -> None:
    await fill(model)
    assert await used(redis) == ai.calls()[0]["tokens"] < AT_MOST


async def test_a_second_call_counts_as_well(model: Model, redis: Redis, ai: AiServer) -> None:
    ai.order({"output": "extra_field"})
    await fill(model)
    assert await used(redis) == sum(call["tokens"] for call in ai.calls())


async def test_a_kept_answer_costs_nobody_anything(model: Model, redis: Redis) -> None:
    await fill(model)
    await fill(model, owner="charles", token="another")
    assert await used(redis, "charles") == 0


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"status": 403}])
async def test_a_call_that_was_refused_is_given_back(
    model: Model, redis: Redis, ai: AiServer, fault: dict[str, Any]
) -> None:
    ai.order(fault)
    await fails(model)
    assert await used(redis) == 0


async def test_a_call_whose_answer_was_lost_stays_counted(model: Model, redis: Redis, ai: AiServer) -> None:
    ai.order({"drop_answer": True})
    await fails(model)
    assert await used(redis) == AT_MOST


async def test_the_same_asking_counts_once_however_it_ended_before(model: Model, redis: Redis, ai: AiServer) -> None:
    """As after a delivery that died in the middle of its call."""
    ai.order({"drop_answer": True})
    await fails(model, token="run")
    await fill(model, token="run")
    assert await used(redis) == ai.calls()[1]["tokens"]


async def test_what_a_dead_delivery_may_have_spent_is_not_given_back_by_the_next(
    model: Model, redis: Redis, ai: AiServer
) -> None:
    ai.order({"drop_answer": True}, {"status": 429})
    await fails(model, token="run")
    await fails(model, token="run")
    assert await used(redis) == AT_MOST


async def test_each_call_of_a_retry_counts(settings: AISettings, redis: Redis, ai: AiServer) -> None:
    ai.order({"drop_answer": True})
    async with opened(settings, redis, attempts=2) as model:
        await fill(model)
    assert await used(redis) == AT_MOST + ai.calls()[1]["tokens"]


async def test_of_two_at_once_who_would_take_too_much_one_is_refused(
    settings: AISettings, redis: Redis, ai: AiServer
) -> None:
    ai.order(always={"delay": 0.5})
    scarce = settings.model_copy(update={"ai_tokens_a_day": AT_MOST + 100})
    async with opened(scarce, redis) as model:
        ends = await asyncio.gather(
            *(fill(model, f"{DOCUMENT} {number}", token=str(number)) for number in range(2)), return_exceptions=True
        )
    (refused,) = (end for end in ends if isinstance(end, BaseException))
    assert isinstance(refused, OverQuota)
    assert refused.retry_after is not None
    assert 0 < refused.retry_after <= DAY.seconds
    assert len(ai.calls()) == 1


async def test_over_the_days_tokens_nothing_is_asked_and_others_are_not_concerned(
    settings: AISettings, redis: Redis, ai: AiServer
) -> None:
    scarce = settings.model_copy(update={"ai_tokens_a_day": AT_MOST})
    await Quotas(redis).take(QUOTA, "ada", 1)
    async with opened(scarce, redis) as model:
        with pytest.raises(OverQuota):
            await fill(model)
        assert ai.calls() == []
        await fill(model, owner="charles")


@asynccontextmanager
async def warm(ai: AiServer, redis: RedisSettings) -> AsyncIterator[tuple[Model, Faulty]]:
    """Redis knows the scripts, so that every step is one exchange: look up, note, take, settle, store."""
    async with faulty_client(redis) as faulty, opened(settings_of("openai", ai.url), faulty.redis) as model:
        await fill(model, "warm", owner="nobody")
        ai.order({"status": 500})
        await fails(model, document="cold", owner="nobody")
        ai.clear()
        faulty.asked.clear()
        yield model, faulty


async def test_a_taking_whose_answer_is_lost_asks_nothing_and_counts_once_when_repeated(
    ai: AiServer, empty_redis: RedisSettings
) -> None:
    async with warm(ai, empty_redis) as (model, faulty):
        faulty.faults = [None] * 2 + [ANSWER_LOST]
        with pytest.raises(DependencyDown) as caught:
            await fill(model)
        assert (caught.value.service, ai.calls()) == ("redis", [])
        assert await used(faulty.redis) == AT_MOST
        await fill(model)
        assert await used(faulty.redis) == ai.calls()[0]["tokens"]


async def test_a_settling_whose_question_is_lost_counts_what_was_taken(
    ai: AiServer, empty_redis: RedisSettings
) -> None:
    """And the answer is given all the same."""
    async with warm(ai, empty_redis) as (model, faulty):
        faulty.faults = [None] * 3 + [QUESTION_LOST]
        assert not (await fill(model)).cached
        assert await used(faulty.redis) == AT_MOST


async def test_a_settling_whose_answer_is_lost_has_settled(ai: AiServer, empty_redis: RedisSettings) -> None:
    async with warm(ai, empty_redis) as (model, faulty):
        faulty.faults = [None] * 3 + [ANSWER_LOST]
        await fill(model)
        assert await used(faulty.redis) == ai.calls()[0]["tokens"]
