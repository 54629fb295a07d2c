"""Faults to order: the next calls, or all, are refused, slowed, lose their answer, or are answered badly."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from infra.local.orders import BaseFault, Order

Output = Literal["text", "extra_field", "wrong_types", "not_json", "cut", "filtered", "obeys"]


class Fault(BaseFault, frozen=True):
    """What happens to one call; see the package's docstring."""

    outcomes: ClassVar[Sequence[str]] = (*BaseFault.outcomes, "output")

    code: str = ""
    output: Output | None = None


class FaultOrder(Order[Fault], frozen=True):
    """Of which `{}` ends all faults."""

    next: tuple[Fault, ...] = ()
    always: Fault | None = None

    def afterwards(self) -> Fault | None:
        return self.always
