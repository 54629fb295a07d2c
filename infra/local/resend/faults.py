"""Faults to order: the next sending calls are refused, slowed, or lose their answer. Not Resend's."""

from dataclasses import dataclass
from typing import Self

from pydantic import model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.connection import hang_up
from infra.local.orders import BaseFault, Faults
from infra.local.resend.errors import ApiError
from shared.clock import Sleep


class Fault(BaseFault, frozen=True):
    """What happens to one call; see the package's docstring."""

    name: str = "application_error"
    accept: bool = False

    @model_validator(mode="after")
    def _accepts_with_a_status(self) -> Self:
        if self.accept and self.status is None:
            raise ValueError("`accept` belongs to a `status`")
        return self


@dataclass(frozen=True, slots=True)
class Faulty:
    """Middleware of a sending route that lets the next fault happen; the route waits `state.delay` itself."""

    app: ASGIApp
    faults: Faults[Fault]
    sleep: Sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self.faults.take()
        if fault is None:
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["delay"] = fault.delay
        if fault.drop_answer or fault.accept:
            await self.app(scope, receive, _say_nothing)
        elif fault.delay and (fault.drop_request or fault.status is not None):
            await self.sleep(fault.delay)
        if fault.drop_answer or fault.drop_request:
            await hang_up(receive)
        elif fault.status is not None:
            raise ApiError(fault.status, fault.name, fault.message, fault.headers)
        else:
            await self.app(scope, receive, send)


async def _say_nothing(_message: Message) -> None:
    """The answer that nobody hears."""
