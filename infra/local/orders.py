"""Faults to order from a local server by `POST /local/faults`: their common form, those still to come, and the route.

What else a fault of one server can be, and how its routes let it happen, is that server's own.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Final, Generic, Self, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PATH: Final = "/local/faults"


class BaseFault(BaseModel, frozen=True, extra="forbid"):
    """What happens to one call; each server's package says it in its docstring."""

    outcomes: ClassVar[Sequence[str]] = ("status", "drop_answer", "drop_request")
    """The fields that decide how the call ends: at most one of them is given."""

    status: Annotated[int, Field(ge=400, le=599)] | None = None
    message: str = "A fault that was ordered."
    headers: dict[str, str] = {}
    drop_answer: bool = False
    drop_request: bool = False
    delay: Annotated[float, Field(ge=0)] = 0
    """Seconds."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum(bool(getattr(self, name)) for name in self.outcomes) > 1:
            raise ValueError(f"a fault is one of {', '.join(f'`{name}`' for name in self.outcomes)}")
        return self


F = TypeVar("F", bound=BaseFault)


class Order(BaseModel, Generic[F], frozen=True, extra="forbid"):
    """The body of an order."""

    next: tuple[F, ...]
    """Each meets one call."""

    def afterwards(self) -> F | None:
        """What meets every call after those."""
        return None


@dataclass(slots=True)
class Faults(Generic[F]):
    """The faults still to come."""

    _next: deque[F] = field(default_factory=deque)
    _afterwards: F | None = None

    def __len__(self) -> int:
        return len(self._next)

    def arm(self, order: Order[F]) -> int:
        """Replace what is left; returns how many were left."""
        left = len(self._next)
        self._next, self._afterwards = deque(order.next), order.afterwards()
        return left

    def take(self) -> F | None:
        return self._next.popleft() if self._next else self._afterwards


@dataclass(frozen=True, slots=True)
class FaultRoutes(Generic[F]):
    """The calls that order faults, and ask how many are left; `refusal` makes the server's own error of a wrong one."""

    faults: Faults[F]
    shape: type[Order[F]]
    refusal: Callable[[str], Exception]

    def routes(self) -> list[Route]:
        return [Route(PATH, self._left, methods=["GET"]), Route(PATH, self._order, methods=["POST"])]

    async def _left(self, _request: Request) -> Response:
        return JSONResponse({"armed": len(self.faults)})

    async def _order(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            # A page elsewhere can post any other type to this machine without being asked first.
            raise self.refusal("Send it as application/json.")
        try:
            order = self.shape.model_validate_json(await request.body())
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors()]
            raise self.refusal("; ".join(problems)) from None
        left = self.faults.arm(order)
        return JSONResponse({"armed": len(order.next), "dropped": left})
