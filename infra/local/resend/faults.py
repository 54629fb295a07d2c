"""Faults to order: the next sending calls are refused, slowed, or lose their answer. Not Resend's."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.connection import hang_up
from infra.local.resend.errors import ApiError
from shared.clock import Sleep


class Fault(BaseModel, frozen=True, extra="forbid"):
    """What happens to one call; see the package's docstring."""

    status: Annotated[int, Field(ge=400, le=599)] | None = None
    name: str = "application_error"
    message: str = "A fault that was ordered."
    headers: dict[str, str] = {}
    accept: bool = False
    drop_answer: bool = False
    drop_request: bool = False
    delay: Annotated[float, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Fault":
        if (self.status is not None) + self.drop_answer + self.drop_request > 1:
            raise ValueError("a fault is one of `status`, `drop_answer`, `drop_request`")
        if self.accept and self.status is None:
            raise ValueError("`accept` belongs to a `status`")
        return self


class FaultOrder(BaseModel, frozen=True, extra="forbid"):
    """The body of `POST /local/faults`."""

    next: list[Fault]


@dataclass(slots=True)
class Faults:
    """The faults still to come, each for one call."""

    _next: deque[Fault] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self._next)

    def arm(self, faults: Iterable[Fault]) -> int:
        """Replace what is left; returns how many were left."""
        left = len(self._next)
        self._next = deque(faults)
        return left

    def take(self) -> Fault | None:
        return self._next.popleft() if self._next else None


@dataclass(frozen=True, slots=True)
class Faulty:
    """Middleware of a sending route that lets the next fault happen; the route waits `state.delay` itself."""

    app: ASGIApp
    faults: Faults
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
