"""An answer that is kept can be forgotten with the one for whom it was computed."""

import pytest
from pydantic import BaseModel

from shared.ai import kept_for
from shared.ai.answer_cache import AnswerCache
from shared.clock import World
from shared.errors import DependencyDown
from shared.redis import Redis


class Said(BaseModel):
    summary: str


class Asking:
    """Answers that are asked for and counted."""

    def __init__(self, redis: Redis) -> None:
        self.cache = AnswerCache(redis, World(), "model")
        self.asked = 0

    async def __call__(self, question: str, owner: str) -> Said:
        async def ask() -> Said:
            self.asked += 1
            return Said(summary=question)

        return await self.cache.get(Said, question, ask, owner=owner)


async def test_forgotten_answers_are_gone_and_others_are_kept(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_for, "PAGE", 2)
    asking = Asking(redis)
    for number in range(3):
        await asking(f"mill-{number}", "ada")
    await asking("canal", "eve")

    forgotten = [await kept_for.forget(redis, "ada") for _ in range(3)]
    assert forgotten == [2, 1, 0]
    names = await redis.call("KEYS", "*")
    assert [name for name in names if ":entry:" in name] == [asking.cache._caches[Said].name_of("canal")]

    await asking("canal", "eve")
    assert asking.asked == 4
    await asking("mill-0", "ada")
    assert asking.asked == 5


async def test_whose_answer_it_is_is_known_before_it_is_asked_for(redis: Redis) -> None:
    """So that there is none, however a delivery ends, whose owner is not known."""
    known: list[int] = []
    cache = AnswerCache(redis, World(), "model")

    async def ask() -> Said:
        known.append(len(await redis.call("KEYS", "answers:*")))
        raise DependencyDown("ai", "away")

    with pytest.raises(DependencyDown):
        await cache.get(Said, "mill", ask, owner="ada")
    assert known == [1]
    assert await kept_for.forget(redis, "ada") == 1


async def test_a_name_is_known_for_longer_than_its_answer_is_kept(redis: Redis) -> None:
    await Asking(redis)("mill", "ada")
    [name] = await redis.call("KEYS", "answers:*")
    [entry] = await redis.call("SMEMBERS", name)
    assert await redis.call("TTL", name) > await redis.call("TTL", entry) > 0
