"""Brings a batch of documents into a copy of the index on disk. Blocks: for a thread.

Deletes are shown to a writer with the segments that they are in, at most SHOWN at a time: from eight on Tantivy's own
merge policy would begin (merging.py says what is merged instead). A document that is replaced is deleted and added.

    copy       files of the generation as it is                         never written to
    work/0..   a folder for each writer: links, new files               thrown away
    files      links of all files of the generation as it becomes       the next copy
"""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tantivy import DocAddress, Document, Query, Searcher

from shared.errors import RetryableError
from shared.search.model import Entry, State
from shared.search.tantivy.documents import document
from shared.search.tantivy.generations import Segment
from shared.search.tantivy.merging import next_merge
from shared.search.tantivy.schema import SCHEMA
from shared.search.tantivy.writing import write

SHOWN: Final = 6
SPARE: Final = 1000
"""Hits beyond one a document: should one ever be there twice, both are found, and both go."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An index on disk: a folder that holds the files of its segments, and a searcher over them."""

    files: Path
    segments: Sequence[Segment]
    searcher: Searcher | None
    """None: it has no segment."""


def changed(copy: Copy, states: Sequence[State], work: Path, files: Path) -> Sequence[Segment]:
    """The segments with this batch in. `files` is filled with the files of all of them, old and new.

    A file that has no pack yet (`Segment.files`) is new.
    """
    change = _Change(copy, work, files)
    return change.made(states)


class _Change:
    def __init__(self, copy: Copy, work: Path, files: Path) -> None:
        self._copy = copy
        self._work = work
        self._files = files
        self._writers = 0
        self._packs = {name: pack for segment in copy.segments for name, pack in segment.files.items()}

    def made(self, states: Sequence[State]) -> Sequence[Segment]:
        for segment in self._copy.segments:
            for name in segment.files:
                os.link(self._copy.files / name, self._files / name)
        segments = self._with(states)
        while merged := next_merge(segments):
            left = [segment for segment in segments if segment not in merged]
            made = self._write(merged)
            segments = [*left, *made]
            if len(made) == len(merged):
                break  # large ones, of sizes that Tantivy would rather leave
        self._forget(segments)
        return segments

    def _with(self, states: Sequence[State]) -> list[Segment]:
        ids = [state.id for state in states]
        new = [document(state) for state in states if isinstance(state, Entry)]
        addresses = self._addresses(ids)
        held = {address.segment_ord for address in addresses}
        numbered = list(enumerate(self._copy.segments))
        holding = [segment for at, segment in numbered if at in held]
        segments = [segment for at, segment in numbered if at not in held]
        for group in [holding[at : at + SHOWN] for at in range(0, len(holding), SHOWN)] or [[]]:
            segments += self._write(group, gone=ids, documents=new)
            new = []
        before = sum(segment.live for segment in self._copy.segments)
        expected = before - len(addresses) + sum(isinstance(state, Entry) for state in states)
        if sum(segment.live for segment in segments) != expected:
            raise RetryableError("the search index does not hold what was just written to it")
        return [segment for segment in segments if segment.live]

    def _addresses(self, ids: Collection[str]) -> Sequence[DocAddress]:
        """Where these documents stand; a searcher numbers its segments as its meta.json lists them."""
        searcher = self._copy.searcher
        if searcher is None:
            return ()
        wanted = Query.term_set_query(SCHEMA, "id", list(ids))
        hits = searcher.search(wanted, limit=len(ids) + SPARE, count=False).hits
        return [address for _, address in hits]

    def _write(
        self, segments: Sequence[Segment], *, gone: Collection[str] = (), documents: Sequence[Document] = ()
    ) -> list[Segment]:
        folder = self._work / str(self._writers)
        folder.mkdir()
        self._writers += 1
        made = write(folder, self._files, segments, gone=gone, documents=documents)
        return [self._kept(folder, segment) for segment in made]

    def _kept(self, folder: Path, segment: Segment) -> Segment:
        for name in segment.files:
            if not (self._files / name).exists():
                os.link(folder / name, self._files / name)
        return Segment(
            segment.id, segment.documents, segment.deletes, {name: self._packs.get(name, "") for name in segment.files}
        )

    def _forget(self, segments: Sequence[Segment]) -> None:
        needed = {name for segment in segments for name in segment.files}
        for path in list(self._files.iterdir()):
            if path.name not in needed:
                path.unlink()
