"""What differs, of all parts side by side: one that can't be asked says why, and the others are told all the same."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from infra.bootstrap.model import TO_DO, Change, Kind, Part
from shared.errors import MillraceError


@dataclass(frozen=True, slots=True)
class Looked:
    part: str
    changes: Sequence[Change] = ()
    failure: MillraceError | None = None

    @property
    def to_do(self) -> Sequence[Change]:
        return [change for change in self.changes if change.kind in TO_DO]

    @property
    def alike(self) -> bool:
        """Whether all that is declared is there; there may be more."""
        return self.failure is None and all(change.kind is Kind.EXTRA for change in self.changes)


async def look(parts: Sequence[Part], *, prune: bool = False) -> Sequence[Looked]:
    """In the order of the parts. With `prune` what is not declared goes too, where it can."""
    return await asyncio.gather(*(_looked(part, prune=prune) for part in parts))


async def _looked(part: Part, *, prune: bool) -> Looked:
    try:
        found = await part.differences()
    except MillraceError as error:
        return Looked(part.name, failure=error)
    return Looked(part.name, [_pruned(change) if prune else change for change in found])


def _pruned(change: Change) -> Change:
    return replace(change, kind=Kind.GONE) if change.kind is Kind.EXTRA and change.plan is not None else change
