"""A model as jobs use it: asked for a shape, within a budget, and not twice for the same.

kept answer? ──yes──▶ given, for nothing
     │ no
     ▼
a call: the breaker `ai` ▸ tokens taken ▸ the provider ▸ tokens settled      up to three, where it is not reached
     ▼
of the shape? ──yes──▶ kept and given
     │ no: another call, told what was wrong
     ▼
of the shape? ──no──▶ Unfit
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel

from shared import deadline
from shared.ai.calls import Calls
from shared.ai.prompt import Prompt, question
from shared.ai.provider import Provider, Request
from shared.ai.shape import schema_of
from shared.breakers import Breaker
from shared.clock import World
from shared.retries import Retries

if TYPE_CHECKING:
    from shared.ai.answer_cache import AnswerCache
    from shared.ai.budget import Budget

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer(Generic[M]):
    value: M
    tokens: int
    """What it cost, all calls together; 0 when it was kept."""
    model: str
    """The `id` of the model that gave it."""
    cached: bool


class Model:
    """One model of one provider. Building it opens no connection."""

    def __init__(
        self,
        provider: Provider,
        budget: "Budget",
        cache: "AnswerCache",
        *,
        breaker: Breaker,
        retries: Retries,
        world: World,
    ) -> None:
        self._provider = provider
        self._budget = budget
        self._cache = cache
        self._breaker = breaker
        self._retries = retries
        self._world = world

    @property
    def id(self) -> str:
        """`bedrock/amazon.nova-lite-v1:0`: goes into cache keys and records."""
        return self._provider.id

    async def fill(self, shape: type[M], prompt: Prompt, *, owner: str, token: str, within: float) -> Answer[M]:
        """What the model says about the document, as `shape`, in `within` seconds.

        `token` names this asking (a run and its part): asked for again it counts once against the owner's day.
        Raises the errors of shared/ai/errors.py.
        """
        request = Request(question(prompt), shape.__name__, schema_of(shape))
        calls = Calls(self._provider, self._budget, self._breaker, self._retries, owner, token)

        async def ask() -> M:
            return await calls.until_it_fits(shape, request)

        with deadline.within(within, self._world.monotonic):
            value = await self._cache.get(shape, request.question.key, ask, owner=owner)
        return Answer(value, calls.tokens, self.id, cached=not calls.made)

    async def close(self) -> None:
        await self._provider.close()
