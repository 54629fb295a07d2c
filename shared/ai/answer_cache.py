"""A cache of answers, by the whole question, the shape and the model.

A document's text is in the question, so that only whoever has the same text finds the answer to it. What does not fit
the shape never comes here. Callers who ask the same at once wait for the first of them rather than pay twice.

Whose answer it is, is noted before it is asked for (kept_for.py).
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel, TypeAdapter

from shared.ai import kept_for
from shared.ai.provider import LIMIT
from shared.cache import Cache, Policy
from shared.clock import World
from shared.redis import Redis

M = TypeVar("M", bound=BaseModel)

POLICY: Final = Policy(
    fresh=7 * 86_400,
    eagerness=0.0,  # an answer does not age: none is computed anew before its time
    lease=2 * LIMIT,
    wait=LIMIT / 2,
    memo=0.0,  # without Redis nothing is asked of a model, and nothing kept
    largest=64 * 1024,
)
LIVES: Final = POLICY.fresh + 86_400
"""Seconds that an owner's answers are known for: longer than any of them lives, however late it is kept."""


class AnswerCache:
    def __init__(self, redis: Redis, world: World, model: str) -> None:
        self._redis = redis
        self._world = world
        self._model = model
        self._caches: dict[type[BaseModel], Cache[Any]] = {}

    async def get(self, shape: type[M], key: str, ask: Callable[[], Awaitable[M]], *, owner: str) -> M:
        cache = self._caches.get(shape)
        if cache is None:
            name = f"ai:{self._model}:{shape.__name__}"
            cache = Cache(self._redis, self._world, name=name, values=TypeAdapter(shape), policy=POLICY)
            self._caches[shape] = cache
        name = cache.name_of(key)

        async def noted_and_asked() -> M:
            await kept_for.note(self._redis, owner, name, lives=LIVES)
            return await ask()

        return cast("M", await cache.get(key, noted_and_asked))
