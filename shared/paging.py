"""Pages of records, the latest first: each goes on behind the last record of the one before (keyset paging).

found = database.audit.find(wanted | behind(place, "at")).sort(latest("at")).limit(20)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import DESCENDING


@dataclass(frozen=True, slots=True)
class Place:
    """Of a record in its list: its time in milliseconds since the epoch, and among those of the same one its id."""

    at: int
    id: str


def latest(time: str) -> Sequence[tuple[str, int]]:
    """The order, by the field `time`."""
    return [(time, DESCENDING), ("_id", DESCENDING)]


def behind(place: Place | None, time: str) -> dict[str, Any]:
    """The query of what follows in that order: everything, where there is no place."""
    if place is None:
        return {}
    return {"$or": [{time: {"$lt": place.at}}, {time: place.at, "_id": {"$lt": place.id}}]}
