"""One commit: a batch of documents becomes part of the index, and is marked so, or nothing has happened.

    generation read ──▶ its files here ──▶ documents read ──▶ written on disk ──▶ pack uploaded ──▶ one transaction
                                                                                                   generation   swapped
                                                                                                   packs        retired
                                                                                                   documents    marked

Why an older state can't overwrite a newer one: a commit succeeds only if nobody has committed since it read the
generation, and it read the documents after that. Say that A brings in document d at version 3, and d is at 4 in the
index. Then the commit that brought in 4 came either before A read the generation, and so before A read d, which was
at 4 already; or after it, and A's compare-and-set fails.

    A   generation 5 ──── d: 3 ────────────────────── 5 -> 6: lost, begin anew
    B        generation 5 ──── d: 4 ──── 5 -> 6

    dies before the upload         nothing has happened
    dies before the transaction    a pack that nobody names: the next tidying takes it
    the answer is lost             the record's token tells
    dies after it                  the documents are marked: nobody does it again
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared.clock import World
from shared.database import Database
from shared.errors import RetryableError
from shared.search.index import LostRace
from shared.search.model import State
from shared.search.tantivy import generations, packs
from shared.search.tantivy.changing import Copy, changed
from shared.search.tantivy.disk import Disk
from shared.search.tantivy.generations import Generation, Pack, Segment, named
from shared.search.tantivy.writing import on_this_disk
from shared.storage import Refused, Storage
from shared.threads import Threads


@dataclass(frozen=True, slots=True)
class Made:
    """What was written on this disk: the segments as they become, and the pack of what is new in them."""

    segments: tuple[Segment, ...]
    key: str
    pack: Pack | None
    """None: nothing is new, as when the last documents go."""
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Committer:
    database: Database
    storage: Storage
    threads: Threads
    disk: Disk
    world: World

    async def commit(self, base: Generation | None, copy: Copy, states: Sequence[State]) -> Generation:
        """The generation that it made. Raises LostRace, DependencyDown, RetryableError."""
        marks = {state.id: state.version for state in states}
        with self.disk.work() as work:
            made = await self.threads.run(self._write, copy, states, work)
            return await self._publish(base, made, work / "pack.tar", marks)

    def _write(self, copy: Copy, states: Sequence[State], work: Path) -> Made:
        with on_this_disk():
            files = work / "files"
            files.mkdir()
            segments = changed(copy, states, work, files)
            return packed(segments, files, work / "pack.tar", self.world.token())

    async def _publish(self, base: Generation | None, made: Made, tar: Path, marks: Mapping[str, int]) -> Generation:
        held = dict(base.packs) if base else {}
        if made.pack is not None:
            await self.storage.create(made.key, tar, content_type=packs.CONTENT_TYPE)
            held[made.key] = made.pack
        needed = named(made.segments, held)
        number = base.number + 1 if base else 1
        new = Generation(self.world.token(), number, made.segments, needed)
        try:
            await generations.swap(self.database, base, new, marks, retired=frozenset(held.keys() - needed.keys()))
        except LostRace:
            await self._throw_away(made)
            raise
        if made.pack is not None:
            await self.threads.run(self.disk.keep, made.key, made.files)
        return new

    async def _throw_away(self, made: Made) -> None:
        """Nobody was told of it; where that fails the tidying finds it."""
        if made.pack is not None:
            with suppress(RetryableError, Refused):
                await self.storage.delete([made.key])


def packed(segments: Sequence[Segment], files: Path, tar: Path, token: str) -> Made:
    """Blocks. `segments` with the pack of their new files in them."""
    new = sorted({name for segment in segments for name, pack in segment.files.items() if not pack})
    key = packs.key_of(token)
    within = tuple(
        Segment(
            segment.id, segment.documents, segment.deletes, {name: pack or key for name, pack in segment.files.items()}
        )
        for segment in segments
    )
    if not new:
        return Made(within, key, None, ())
    paths = tuple(files / name for name in new)
    return Made(within, key, Pack(*packs.pack(paths, tar)), paths)
