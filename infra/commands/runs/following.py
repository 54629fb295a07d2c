"""Which runs have changed since the last look.

What is looked at is what can change or be new, and each part has its index: runs accepted since shortly before the last
look, runs that were live then (by id), and the newest that are live now, a revived or replayed one among them. A run
that passes through two states between two looks shows the second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.database import Database
from shared.runs.model import FINAL, Run, State, read

OVERLAP: Final = 15_000
"""Milliseconds by which a look goes back behind the one before: clocks differ, and transactions commit later than they
began."""
LIVE: Final = tuple(state.value for state in State if state not in FINAL)
MOST: Final = 1_000
"""Runs of each part that are looked at: of a backlog the newest."""
FIELDS: Final[Mapping[str, int]] = {"payload": 0, "result": 0, "cursor": 0, "attempts": 0}


@dataclass(frozen=True, slots=True)
class Change:
    """`was` is None for a run that was not known before."""

    run: Run
    was: State | None


@dataclass(slots=True)
class Following:
    database: Database
    job: str | None = None
    _known: dict[str, tuple[Any, ...]] | None = field(default=None, init=False)

    async def look(self, *, now: float) -> Sequence[Change]:
        """The oldest first; `now` is our clock in seconds. The first look finds what is live."""
        known = self._known or {}
        recent = {"state": {"$in": [state.value for state in State]}, "created": {"$gt": round(now * 1000) - OVERLAP}}
        live = {"state": {"$in": list(LIVE)}}
        followed = [name for name, seen in known.items() if seen[0] not in FINAL]
        found = {**await self._found(live), **await self._found(recent), **await self._found_of(followed)}
        changes = [
            Change(run, before[0] if before else None)
            for run in sorted(found.values(), key=lambda run: (run.created, run.id))
            if (before := known.get(run.id)) != _seen(run) and not (self._known is None and run.state in FINAL)
        ]
        self._known = {
            name: _seen(run)
            for name, run in found.items()
            if run.state not in FINAL or run.created > now * 1000 - 2 * OVERLAP
        }
        return changes

    async def _found(self, wanted: Mapping[str, Any]) -> Mapping[str, Run]:
        of = {"job": self.job} if self.job else {}
        return await self._read({**of, **wanted})

    async def _found_of(self, ids: Sequence[str]) -> Mapping[str, Run]:
        return await self._read({"_id": {"$in": list(ids)}}) if ids else {}

    async def _read(self, wanted: Mapping[str, Any]) -> Mapping[str, Run]:
        found = self.database.runs.find(wanted, dict(FIELDS)).sort([("created", -1), ("_id", -1)]).limit(MOST)
        return {document["_id"]: read({**document, "payload": ""}) async for document in found}


def _seen(run: Run) -> tuple[Any, ...]:
    """What a change is a change of; the state first."""
    progress = (run.progress or {}).get("done")
    return run.state, run.epoch, run.leg, run.tries, progress, bool(run.cancel)
