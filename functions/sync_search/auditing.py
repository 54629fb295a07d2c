"""Compares what the index holds with what MongoDB says it should, range of ids by range, and repairs what differs.

    sums of the index, by part ─┬─ equal to the records' ──▶ next part
                                └─ not ──▶ records, index, records again, id by id ──▶ what can't be is drift
                                              a record says so ──▶ put back into the backlog
                                              none does        ──▶ taken out of the index

Both sides change while they are compared, and are not read in one moment. So a difference of sums is only a reason to
look closer; and what is put back although it was right is indexed once more, and nothing else.
"""

from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from itertools import groupby
from typing import Final

from functions.sync_search import comparing
from functions.sync_search.comparing import Compared
from functions.sync_search.progress import Progress
from functions.sync_search.services import Context
from shared.database import Database, reachable
from shared.documents import backlog
from shared.search.model import Gone, State, Sum, part_of

PAGE: Final = 5_000
"""Records at a time."""
LAST: Final = "\U0010ffff"
"""Above every id."""
PART: Final = 30.0
"""Seconds that a page and its repairs may take: no part but a leg's first is begun when fewer are left."""
NOTHING: Final = Sum(0, 0)


async def audit(context: Context, progress: Progress) -> bool:
    """Goes on where `progress` is; whether there is nothing left to compare."""
    begun = progress.comparing
    if begun is None:
        return True
    held = await context.services.index.sums()
    async with aclosing(_both(context.services.database, held, begun)) as parts:
        async for part, records in parts:
            if progress.comparing != begun and context.remaining() < PART:
                return False
            if progress.compared:
                await context.progress(progress.compared, what="documents compared")
            if held.get(part, NOTHING) != _expected(records) or any(record.forgotten for record in records):
                await _look_closer(context, progress, part)
            progress.compared += len(records)
            progress.comparing = part
    progress.comparing = None
    return True


def _expected(records: Sequence[Compared]) -> Sum:
    stamps = [stamp for record in records if (stamp := record.stamp) is not None]
    return Sum(len(stamps), sum(stamps))


Part = tuple[str, Sequence[Compared]]
"""Its name, and its records."""


async def _both(database: Database, held: Mapping[str, Sum], after: str) -> AsyncGenerator[Part]:
    """The parts in which either side has anything, in their order."""
    only_held = deque(sorted(part for part in held if part > after))
    async with aclosing(_parts(database, after)) as parts:
        async for part, records in parts:
            while only_held and only_held[0] <= part:
                if (stranger := only_held.popleft()) != part:
                    yield stranger, ()
            yield part, records
    for stranger in only_held:
        yield stranger, ()


async def _parts(database: Database, after: str) -> AsyncGenerator[Part]:
    begun: list[Compared] = []
    at = after + LAST if after else ""
    while page := await _page(database, {"$gt": at}):
        at = page[-1].id
        for part, records in groupby([*begun, *page], key=lambda record: part_of(record.id)):
            begun = list(records)
            if part != part_of(at):
                yield part, begun
    if begun:
        yield part_of(begun[0].id), begun


async def _page(database: Database, ids: Mapping[str, str]) -> Sequence[Compared]:
    async with reachable():
        found = database.documents.find({"_id": ids}, dict(comparing.FIELDS)).sort("_id", 1).limit(PAGE)
        return [comparing.read(record) for record in await found.to_list(PAGE)]


async def _look_closer(context: Context, progress: Progress, part: str) -> None:
    database, index = context.services.database, context.services.index
    before = await _records(database, part)
    held = await index.versions(part)
    after = await _records(database, part)
    drifted = [name for name, now in after.items() if not comparing.fits(held.get(name), before.get(name), now)]
    strangers = [Gone(name, version) for name, version in held.items() if name not in before and name not in after]
    progress.drifted += len(drifted) + len(strangers)
    async with reachable():
        await backlog.put_back(database, drifted)

    async def read() -> Sequence[State]:
        return strangers

    if strangers:
        await index.change(read)


async def _records(database: Database, part: str) -> Mapping[str, Compared]:
    known: dict[str, Compared] = {}
    ids = {"$gte": part, "$lt": part + LAST}
    while page := await _page(database, ids):
        known |= {record.id: record for record in page}
        ids = {"$gt": page[-1].id, "$lt": part + LAST}
    return known
