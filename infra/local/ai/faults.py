"""Faults to order: the next calls, or all, are refused, slowed, lose their answer, or are answered badly."""

from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

Output = Literal["text", "extra_field", "wrong_types", "not_json", "cut", "filtered", "obeys"]


class Fault(BaseModel, frozen=True, extra="forbid"):
    """What happens to one call; see the package's docstring."""

    status: Annotated[int, Field(ge=400, le=599)] | None = None
    code: str = ""
    message: str = "A fault that was ordered."
    headers: dict[str, str] = {}
    drop_answer: bool = False
    drop_request: bool = False
    delay: Annotated[float, Field(ge=0)] = 0
    output: Output | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Fault":
        if (self.status is not None) + self.drop_answer + self.drop_request + (self.output is not None) > 1:
            raise ValueError("a fault is one of `status`, `drop_answer`, `drop_request`, `output`")
        return self


class FaultOrder(BaseModel, frozen=True, extra="forbid"):
    """The body of `POST /local/faults`."""

    next: list[Fault] = []
    always: Fault | None = None


@dataclass(slots=True)
class Faults:
    """The faults still to come."""

    _next: deque[Fault] = field(default_factory=deque)
    _always: Fault | None = None

    def __len__(self) -> int:
        return len(self._next)

    def arm(self, order: FaultOrder) -> int:
        """Replace what is left; returns how many were left."""
        left = len(self._next)
        self._next, self._always = deque(order.next), order.always
        return left

    def take(self) -> Fault | None:
        return self._next.popleft() if self._next else self._always
