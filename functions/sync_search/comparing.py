"""What the index may hold of a document, by the document's record before and after the index was looked at.

indexed_version   deleted        in the backlog      the index holds
0                                yes                 nothing, or a version whose mark is on its way
v                 no             no (v = version)    v
v                 at version v   no                  nothing
v                 no             yes                 v, or a newer one whose mark is on its way
v                 yes            yes                 v, a newer one, or nothing
below `version`                  no                  whatever: it was forgotten, and has to be indexed

The record goes on while the index is looked at. Its versions only grow, so that what the index held in between is no
older than what was marked before, and no newer than what the record is at after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.search.model import stamp

FIELDS: Final[Mapping[str, int]] = {"version": 1, "indexed_version": 1, "deleted_at": 1, "unindexed_since": 1}


@dataclass(frozen=True, slots=True)
class Compared:
    """The part of a document's record that tells."""

    id: str
    version: int
    indexed: int
    deleted: bool
    waiting: bool

    @property
    def forgotten(self) -> bool:
        return self.indexed < self.version and not self.waiting

    @property
    def out(self) -> bool:
        """Deleted, and taken out: it never comes back."""
        return self.deleted and self.indexed >= self.version

    @property
    def stamp(self) -> int | None:
        """What the index's sum should hold of it; None: nothing."""
        return None if self.indexed == 0 or self.out else stamp(self.id, self.indexed)


def fits(held: int | None, before: Compared | None, after: Compared) -> bool:
    """Whether the index may have held this version (None: nothing) between the two."""
    marked = before.indexed if before else 0
    if after.forgotten:
        return False
    if held is None:
        return marked == 0 or after.deleted
    return marked <= held <= after.version and not (before and before.out)


def read(record: Mapping[str, Any]) -> Compared:
    return Compared(
        id=record["_id"],
        version=record["version"],
        indexed=record.get("indexed_version", 0),
        deleted=record.get("deleted_at") is not None,
        waiting="unindexed_since" in record,
    )
