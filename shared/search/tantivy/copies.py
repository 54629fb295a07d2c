"""Brings generations from the bucket to this machine's disk, only what is not there yet, and opens them.

    reader    the newest generation ──▶ open already: that one
                                   └─▶ fetch what is missing ──▶ opened
        a pack is not there        read the generation again (case 28); it is still named: it is lost, and what needs it
                                   is left out
        storage or MongoDB away    the copy that is open, however old; without one: DependencyDown
    writer    exactly the generation that it is about to replace, or Lost

A process opens one generation at a time, and keeps the last one.
"""

import asyncio
from collections.abc import Collection
from typing import Any, Final

from shared import degraded
from shared.database import Database
from shared.errors import DependencyDown
from shared.search.tantivy import generations
from shared.search.tantivy.disk import Disk, Gone, Opened
from shared.search.tantivy.generations import NOTHING, Generation
from shared.search.tantivy.writing import on_this_disk
from shared.side_by_side import side_by_side
from shared.storage import Missing, Storage
from shared.threads import Threads

AT_ONCE: Final = 4
"""Packs that are fetched side by side."""
TRIES: Final = 4
"""Generations that may be superseded while they are being opened."""


class Lost(Exception):
    """Packs that the newest generation names, and that the bucket does not have."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__(f"{len(keys)} packs")
        self.keys = frozenset(keys)


class Copies:
    """One process's."""

    def __init__(self, database: Database, storage: Storage, threads: Threads, disk: Disk, *, log: Any) -> None:
        self._database = database
        self._storage = storage
        self._threads = threads
        self._disk = disk
        self._log = log
        self._opened: Opened | None = None
        self._one_at_a_time = asyncio.Lock()
        self.fetched = 0
        """Bytes that came from the bucket."""

    async def newest(self, *, or_older: bool = True) -> Opened:
        """For a reader. Raises DependencyDown where it can't be had and an older one is not there, or will not do."""
        async with self._one_at_a_time:
            try:
                return await self._newest()
            except (DependencyDown, Gone) as error:
                if self._opened is None or not or_older:
                    raise
                away = error.service if isinstance(error, DependencyDown) else "disk"
                degraded.to(away, "search: an older state of the index")
                return self._opened

    async def of(self, generation: Generation) -> Opened:
        """For a writer. Raises Lost, DependencyDown."""
        async with self._one_at_a_time:
            if self._opened is not None and not await self._threads.run(self._disk.holds, self._opened):
                self._opened = None  # good enough for a searcher, but a writer needs the files' names
            return await self._open(generation)

    async def _newest(self) -> Opened:
        lost: frozenset[str] = frozenset()
        for _ in range(TRIES):
            generation = await generations.read(self._database) or NOTHING
            before = lost & generation.packs.keys()
            if before:
                self._log.error("packs of the search index are lost", extra={"packs": len(before)})
            try:
                return await self._open(generation.without(before) if before else generation)
            except Lost as error:
                lost |= error.keys
        raise DependencyDown("storage", "the search index changes faster than it can be opened")

    async def _open(self, generation: Generation) -> Opened:
        if self._opened is not None and self._opened.generation == generation:
            return self._opened
        await self._fetch(generation)
        try:
            opened = await self._threads.run(self._disk.open, generation)
        except Gone:  # somebody has emptied the disk: once more, from the bucket
            await self._fetch(generation)
            opened = await self._threads.run(self._disk.open, generation)
        before, self._opened = self._opened, opened
        if before is not None:
            await self._threads.run(self._disk.leave, before)
        await self._threads.run(self._disk.keep_only, generation.packs.keys())
        return opened

    async def _fetch(self, generation: Generation) -> None:
        missing = [key for key in generation.packs if not self._disk.has(key)]
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(key: str) -> str | None:
            async with gate:
                pack = generation.packs[key]
                try:
                    with on_this_disk():
                        await self._storage.save(key, self._disk.incoming(key), most=pack.size, sha256=pack.sha256)
                except Missing:
                    return key
                self.fetched += pack.size
                await self._threads.run(self._disk.take_in, key)
                return None

        if lost := [key for key in await side_by_side(map(one, missing)) if key is not None]:
            raise Lost(lost)
