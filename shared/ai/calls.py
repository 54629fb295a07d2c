"""The calls that one asking takes: one; more where the provider was not reached, or did not keep to the shape."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from shared.ai.errors import RefusedByModel, TooLong, Unfit
from shared.ai.provider import Asked, Ended, Provider, Said
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

    async def until_it_fits(self, shape: type[M], asked: Asked) -> M:
        """Asked twice at most: a model that does not keep to a shape that it was told again will not the third time."""
        try:
            return read(shape, await self._written(asked))
        except Misshapen as first:
            again = replace(asked, question=asked.question.after(first.faults))
        try:
            return read(shape, await self._written(again))
        except Misshapen as second:
            raise Unfit(second.faults) from None

    async def _written(self, asked: Asked) -> str | None:
        said = await self.retries(lambda: self._once(asked))
        match said.ended:
            case Ended.WELL:
                return said.text
            case Ended.CUT:
                raise Unfit("cut off before its end")
            case Ended.FULL:
                raise TooLong
            case Ended.REFUSED:
                raise RefusedByModel

    async def _once(self, asked: Asked) -> Said:
        """Each call's token is its own, and the same one when the asking is repeated."""
        self.made += 1
        token = self.token if self.made == 1 else f"{self.token}:{self.made}"
        async with (
            self.breaker.guard(),
            self.budget.spending(self.owner, token, at_most=asked.at_most) as cost,
        ):
            said = await self.provider.ask(asked)
            cost.tokens = said.tokens
        self.tokens += said.tokens or 0
        return said
