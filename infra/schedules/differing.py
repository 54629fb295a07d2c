"""What has to be done for QStash to have the schedules that are declared, and no others.

declared, not found        added
in both, not the same      changed: which parts, by their names
found, not declared        gone: an account is one stage's, so nobody else can have made it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from infra.schedules.model import Found, Schedule


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    id: str
    kind: Kind
    was: Found | None
    to: Schedule | None

    @property
    def parts(self) -> tuple[str, ...]:
        """Of a changed one, what differs."""
        if self.was is None or self.to is None:
            return ()
        return differing(self.was.schedule, self.to)


def differences(wanted: Mapping[str, Schedule], found: Mapping[str, Found]) -> Sequence[Difference]:
    """In the order of the ids; none where nothing has to be done."""
    return [
        one
        for name in sorted({*wanted, *found})
        if (one := _difference(name, found.get(name), wanted.get(name))) is not None
    ]


def differing(one: Schedule, other: Schedule) -> tuple[str, ...]:
    return tuple(field.name for field in fields(Schedule) if getattr(one, field.name) != getattr(other, field.name))


def _difference(name: str, was: Found | None, to: Schedule | None) -> Difference | None:
    if was is None:
        return Difference(name, Kind.ADDED, was, to)
    if to is None:
        return Difference(name, Kind.GONE, was, to)
    return Difference(name, Kind.CHANGED, was, to) if differing(was.schedule, to) else None
