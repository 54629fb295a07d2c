"""A part whose service does as a test says."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from infra.bootstrap.model import Change, Secret
from shared.errors import MillraceError


@dataclass(slots=True)
class FakePart:
    """`failing` tells what is raised instead of a change that is so named, or of the look where it is `look`."""

    name: str
    changes: Sequence[Change] = ()
    failing: dict[str, MillraceError] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    async def differences(self) -> Sequence[Change]:
        if "look" in self.failing:
            raise self.failing["look"]
        return self.changes

    async def apply(self, change: Change) -> Secret | None:
        if change.what in self.failing:
            raise self.failing[change.what]
        self.made.append(change.what)
        return None
