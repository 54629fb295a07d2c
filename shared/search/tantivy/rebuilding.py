"""The index made anew from MongoDB and the texts, while searches and commits go on with the one that is there.

    all documents, batch by batch ──▶ segments on this disk
    generation read ──▶ documents looked through again: what is another version by now ──▶ brought in ──▶ packs uploaded
        ▲                                                                                                   │
        └── a commit came in between: only this part again ◀── lost ── the generation swapped for the new one
                                                                        │
                                                                        └──▶ documents marked, some thousand at a time

The argument of committing.py holds: the last look at the documents comes after the generation was read that is
replaced. The marks may come after the swap and not with it, because they say "the index holds this version or a newer
one", which stays true of every later generation; until they come the documents wait in the backlog, or are indexed
once more.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from shared.database import reachable
from shared.documents import backlog
from shared.search.index import LostRace, Source, Told
from shared.search.model import Entry, Gone, State
from shared.search.tantivy import generations, packs
from shared.search.tantivy.changing import Copy, changed
from shared.search.tantivy.committing import Committer, Made, packed
from shared.search.tantivy.disk import searcher
from shared.search.tantivy.generations import NOTHING, Generation, Pack, Segment, named
from shared.search.tantivy.segments import write_meta
from shared.search.tantivy.writing import on_this_disk

BATCH: Final = 40
"""Documents whose texts are held in memory."""
MARKED: Final = 100
RACES: Final = 20


async def rebuild(committer: Committer, source: Source, told: Told) -> None:
    """Raises LostRace when commits came in between RACES times: nothing has changed then."""
    with committer.disk.work() as work:
        rebuilding = _Rebuilding(committer, source, told, work)
        await rebuilding.catch_up()
        await rebuilding.upload()  # the bulk of it, before there is a race
        for _ in range(RACES):
            base = await generations.read(committer.database)
            await rebuilding.catch_up()
            try:
                await rebuilding.swap(base)
            except LostRace:
                continue
            await rebuilding.mark()
            return
    raise LostRace(f"{RACES} commits came in between: try again when there are fewer")


class _Rebuilding:
    """What stands on the disk so far. Each step has a folder of its own, of links to the one before."""

    def __init__(self, committer: Committer, source: Source, told: Told, work: Path) -> None:
        self._with = committer
        self._source = source
        self._told = told
        self._work = work
        self._files = work / "files-0"
        self._files.mkdir()
        self._steps = 0
        self._segments: Sequence[Segment] = ()
        self._versions: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._packs: dict[str, Pack] = {}

    async def catch_up(self) -> None:
        """Every document as it is now, those that are known at this version already left alone."""
        strangers = set(self._versions)
        async for page in self._source.known():
            strangers.difference_update(known.id for known in page)
            self._gone |= {known.id: known.version for known in page if known.gone}
            left = [known.id for known in page if known.gone and known.id in self._versions]
            await self._take([Gone(name, self._gone[name]) for name in left])
            new = [known.id for known in page if not known.gone and self._versions.get(known.id) != known.version]
            for at in range(0, len(new), BATCH):
                await self._take(await self._source.states(new[at : at + BATCH]))
                self._told(len(self._versions))
        await self._take([Gone(name, 0) for name in strangers])

    async def _take(self, states: Sequence[State]) -> None:
        if not states:
            return
        await self._with.threads.run(self._write, states)
        for state in states:
            if isinstance(state, Entry):
                self._versions[state.id] = state.version
            else:
                self._versions.pop(state.id, None)

    def _write(self, states: Sequence[State]) -> None:
        self._steps += 1
        step, files = self._work / f"step-{self._steps}", self._work / f"files-{self._steps}"
        with on_this_disk():
            step.mkdir()
            files.mkdir()
            self._segments = changed(self._copy(), states, step, files)
            shutil.rmtree(step)
            shutil.rmtree(self._files)
        self._files = files

    def _copy(self) -> Copy:
        write_meta(self._files, self._segments)
        return Copy(self._files, self._segments, searcher(self._files) if self._segments else None)

    async def upload(self) -> None:
        """What is new since the last time; what an earlier swap that was lost has uploaded is used again."""
        tar = self._work / "pack.tar"
        made = await self._with.threads.run(self._packed, tar)
        if made.pack is not None:
            await self._with.storage.create(made.key, tar, content_type=packs.CONTENT_TYPE)
            self._packs[made.key] = made.pack
        self._segments = made.segments

    async def swap(self, base: Generation | None) -> None:
        await self.upload()
        segments = tuple(self._segments)
        number = base.number + 1 if base else 1
        new = Generation(self._with.world.token(), number, segments, named(segments, self._packs))
        retired = (base or NOTHING).packs.keys() - new.packs.keys()
        await generations.swap(self._with.database, base, new, {}, retired=frozenset(retired))

    def _packed(self, tar: Path) -> Made:
        with on_this_disk():
            return packed(self._segments, self._files, tar, self._with.world.token())

    async def mark(self) -> None:
        marks: Mapping[str, int] = self._gone | self._versions
        names = sorted(marks)
        for at in range(0, len(marks), MARKED):
            async with reachable():
                await backlog.mark(self._with.database, {name: marks[name] for name in names[at : at + MARKED]})
