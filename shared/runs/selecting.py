"""Which runs are meant: what a list is filtered by, and what an operator acts on.

found = await page(database, Filter(states=(State.FAILED,), job="send_email"), limit=20)
more = await page(database, .., limit=20, after=place(found[-1]))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.database import Database
from shared.paging import Place, behind, latest
from shared.runs.model import Run, State, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Every part that is given must hold. Times are milliseconds since the epoch, by when a run was accepted."""

    states: tuple[State, ...] = ()
    """None given: any."""
    job: str | None = None
    owner: str | None = None
    code: str | None = None
    """Of the last error."""
    since: int | None = None
    until: int | None = None
    """Not at this moment, but before."""


def wanted(chosen: Filter) -> dict[str, Any]:
    """The query. It always names states: so an index has the order of every list, whoever's it is.

    A run that has succeeded may hold the error that it got over: that is no longer its last word.
    """
    states = [one.value for one in chosen.states or State if not (chosen.code and one is State.SUCCEEDED)]
    created = {"$gte": chosen.since, "$lt": chosen.until}
    fields = {
        "job": chosen.job,
        "owner": chosen.owner,
        "error.code": chosen.code,
        "created": {name: at for name, at in created.items() if at is not None} or None,
    }
    return {"state": {"$in": states}} | {name: value for name, value in fields.items() if value is not None}


async def count(database: Database, chosen: Filter) -> int:
    return await database.runs.count_documents(wanted(chosen))


async def page(database: Database, chosen: Filter, *, limit: int, after: Place | None = None) -> Sequence[Run]:
    """The newest first."""
    return await find(database, wanted(chosen), limit=limit, after=after)


async def find(
    database: Database, query: Mapping[str, Any], *, limit: int, after: Place | None = None
) -> Sequence[Run]:
    """The same, of a query of one's own."""
    found = database.runs.find({**query, **behind(after, "created")}).sort(latest("created")).limit(limit)
    return [read(document) for document in await found.to_list(limit)]


def place(run: Run) -> Place:
    return Place(run.created, run.id)
