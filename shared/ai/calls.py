"""The calls that one question takes: one; more where the provider was not reached, or did not keep to the shape."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from shared.ai.errors import RefusedByModel, TooLong, Unfit
from shared.ai.provider import Provider, Reply, Request, StopReason
from shared.ai.shape import Misshapen, read
from shared.breakers import Breaker
from shared.retries import Retries

if TYPE_CHECKING:
    from shared.ai.budget import Budget

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class Calls:
    provider: Provider
    budget: "Budget"
    breaker: Breaker
    retries: Retries
    owner: str
    token: str
    made: int = 0
    tokens: int = 0
    """What they have cost, as far as it is known."""

    async def until_it_fits(self, shape: type[M], request: Request) -> M:
        """Asked twice at most: a model that does not keep to a shape that it was told again will not the third time."""
        try:
            return read(shape, await self._written(request))
        except Misshapen as first:
            again = replace(request, question=request.question.after(first.faults))
        try:
            return read(shape, await self._written(again))
        except Misshapen as second:
            raise Unfit(second.faults) from None

    async def _written(self, request: Request) -> str | None:
        reply = await self.retries(lambda: self._once(request))
        match reply.stopped_by:
            case StopReason.DONE:
                return reply.text
            case StopReason.CUT_OFF:
                raise Unfit("cut off before its end")
            case StopReason.CONTEXT_FULL:
                raise TooLong
            case StopReason.REFUSED:
                raise RefusedByModel

    async def _once(self, request: Request) -> Reply:
        """Each call's token is its own, and the same one when the asking is repeated."""
        self.made += 1
        token = self.token if self.made == 1 else f"{self.token}:{self.made}"
        async with (
            self.breaker.guard(),
            self.budget.spending(self.owner, token, at_most=request.at_most) as cost,
        ):
            reply = await self.provider.ask(request)
            cost.tokens = reply.tokens
        self.tokens += reply.tokens or 0
        return reply
