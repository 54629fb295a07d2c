"""Does what was found and agreed to, part after part.

A change that its service refuses leaves the others to be done. A service that is away leaves the rest of its part: each
of those would wait for it as long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.bootstrap.look import Looked
from infra.bootstrap.model import Change, Part, Secret
from shared.errors import DependencyDown, MillraceError


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one change: `failure` is None where it was made."""

    part: str
    change: Change
    secret: Secret | None = None
    failure: MillraceError | None = None


async def apply(parts: Sequence[Part], found: Sequence[Looked], *, told: Callable[[Done], None]) -> None:
    """`told` after each."""
    wanted = {looked.part: looked.to_do for looked in found}
    for part in parts:
        for change in wanted.get(part.name, ()):
            done = await _done(part, change)
            told(done)
            if isinstance(done.failure, DependencyDown):
                break


async def _done(part: Part, change: Change) -> Done:
    try:
        return Done(part.name, change, await part.apply(change))
    except MillraceError as error:
        return Done(part.name, change, failure=error)
