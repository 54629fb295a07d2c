"""The search index on object storage: Tantivy's segments in packs, and a generation in MongoDB that names them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn, TypeVar

from tantivy import Searcher

from shared.clock import World
from shared.database import Database, reachable
from shared.search.index import Damaged, Read, Source, Tidied, Told
from shared.search.model import Found, Match, Request, State, Sum, Texts
from shared.search.tantivy import answering, generations
from shared.search.tantivy.committing import Committer
from shared.search.tantivy.copies import Copies, Lost
from shared.search.tantivy.disk import Disk
from shared.search.tantivy.generations import NOTHING, Generation, named
from shared.storage import Storage
from shared.threads import Threads

T = TypeVar("T")


class TantivyIndex:
    """One process's. Building it touches neither a store nor the disk."""

    def __init__(self, database: Database, storage: Storage, threads: Threads, *, world: World, log: Any) -> None:
        self._database = database
        self._threads = threads
        self._world = world
        self._log = log
        self._disk = Disk()
        self._copies = Copies(database, storage, threads, self._disk, log=log)
        self._committer = Committer(database, storage, threads, self._disk, world)

    @property
    def fetched(self) -> int:
        """Bytes that came from the bucket."""
        return self._copies.fetched

    async def change(self, read: Read) -> Sequence[State]:
        base = await generations.read(self._database)
        if base is None and await self._was_indexed():
            await self._salvage(None, NOTHING)
        try:
            opened = await self._copies.of(base or NOTHING)
        except Lost as lost:
            await self._salvage(base, (base or NOTHING).without(lost.keys))
        states = await read()
        if states:
            await self._committer.commit(base, opened.copy, states)
        return states

    async def search(self, request: Request, how: Match) -> Found:
        opened = await self._copies.newest()
        searched = partial(answering.found, state=opened.generation.token)
        if opened.searcher is None:
            return Found((), 0, {}, opened.generation.token)
        return await self._threads.run(searched, opened.searcher, request, how)

    async def texts(self, ids: Collection[str], *, owner: str) -> Mapping[str, Texts]:
        return await self._asked(lambda searcher: answering.texts(searcher, ids, owner), {})

    async def sums(self) -> Mapping[str, Sum]:
        return await self._asked(answering.sums, {}, or_older=False)

    async def versions(self, part: str) -> Mapping[str, int]:
        return await self._asked(lambda searcher: answering.versions(searcher, part), {}, or_older=False)

    async def rebuild(self, source: Source, told: Told) -> None:
        from shared.search.tantivy.rebuilding import rebuild

        await rebuild(self._committer, source, told)

    async def tidy(self) -> Tidied:
        from shared.search.tantivy.tidying import tidy

        return await tidy(self._database, self._committer.storage, now=self._world.now())

    async def close(self) -> None:
        await self._threads.run(self._disk.close)

    async def _asked(self, ask: Callable[[Searcher], T], nothing: T, *, or_older: bool = True) -> T:
        opened = await self._copies.newest(or_older=or_older)
        return nothing if opened.searcher is None else await self._threads.run(ask, opened.searcher)

    async def _was_indexed(self) -> bool:
        """Whether there are documents that some generation held: then one is lost, and not only yet to come."""
        async with reachable():
            return await self._database.documents.find_one({"indexed_version": {"$gt": 0}}, {"_id": 1}) is not None

    async def _salvage(self, base: Generation | None, left: Generation) -> NoReturn:
        """The index goes on with what is left; raises Damaged when that is committed, LostRace if another did it."""
        new = replace(left, token=self._world.token(), number=left.number + 1, packs=named(left.segments, left.packs))
        retired = frozenset((base or NOTHING).packs.keys() - new.packs.keys())
        await generations.swap(self._database, base, new, {}, retired=retired)
        self._log.error("part of the search index is lost", extra={"segments_left": len(new.segments)})
        raise Damaged("part of the search index is lost: an audit is needed")
