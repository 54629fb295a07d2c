"""What a search index must promise, whichever engine it is.

    await index.change(read)              writers: one batch, in and marked
    await index.search(request, how)      readers
    await index.sums(), .versions(part)   the audit: what does it hold?
    await index.rebuild(source, told)     all of it anew, while searches go on

Two promises make the index converge, whatever fails in between:

    an older state of a document never replaces a newer one
    a document is marked as indexed at a version only when the index holds that version, or a newer one

so that whatever is not in the index yet is still in the backlog (shared/documents/backlog.py), and doing it again does
no harm. `read` is called *after* the index has looked at its own state, because the first promise rests on that order;
that is why a batch is not simply an argument.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.errors import RetryableError
from shared.search.model import Found, Match, Request, State, Sum, Texts

Read = Callable[[], Awaitable[Sequence[State]]]
"""The documents of a batch as they are now, each at most once. Empty: there is nothing to do."""


class LostRace(RetryableError):
    """Another writer was faster: nothing was changed and nothing marked. Begin anew, with a new reading."""


class Damaged(RetryableError):
    """Part of the index is lost. The index has dropped it and works with what is left; only an audit finds what
    is missing now.
    """


@dataclass(frozen=True, slots=True)
class Known:
    """A document as a rebuild compares it: cheap to read for all of them."""

    id: str
    version: int
    gone: bool


class Source(Protocol):
    """What an index is rebuilt from: MongoDB's documents, and their texts (shared/search/source.py)."""

    def known(self) -> AsyncIterator[Sequence[Known]]:
        """All documents, deleted ones too, in the order of their ids, some thousand at a time."""
        ...

    async def states(self, ids: Collection[str]) -> Sequence[State]:
        """As they are now; one without a record is left out."""
        ...


@dataclass(frozen=True, slots=True)
class Tidied:
    """What an index has deleted: objects in the bucket and their bytes, or rows of a database, whose bytes are none."""

    count: int
    bytes: int = 0


Told = Callable[[int], None]
"""How many documents have been brought in so far, in all."""


class SearchIndex(Protocol):
    """An engine (choosing.py says which), as its writers, its readers and the audit see it."""

    async def change(self, read: Read) -> Sequence[State]:
        """Bring one batch in and mark it; what was brought in. Raises LostRace, Damaged, DependencyDown.

        What is Gone is taken out, and marked where there is a record to mark.
        """
        ...

    async def search(self, request: Request, how: Match) -> Found:
        """Only the owner's documents, in the newest state that can be had. Raises DependencyDown where none can."""
        ...

    async def texts(self, ids: Collection[str], *, owner: str) -> Mapping[str, Texts]:
        """What snippets are cut from, of those documents that are there and the owner's. Raises DependencyDown."""
        ...

    async def sums(self) -> Mapping[str, Sum]:
        """Of each part (model.part_of) that holds anything. Raises DependencyDown.

        Of the newest state, as `versions` are: to an audit an older one would seem to have lost documents.
        """
        ...

    async def versions(self, part: str) -> Mapping[str, int]:
        """Which version of which document a part holds."""
        ...

    async def rebuild(self, source: Source, told: Told) -> None:
        """Made anew from `source` alone; searches see the index that was there until it is done."""
        ...

    async def tidy(self) -> Tidied:
        """Delete what nobody can need any more."""
        ...

    async def close(self) -> None: ...
