"""One writer of Tantivy's on a folder that shows it some of the index's segments. Blocks: for a thread.

    before   hard links of the files of `segments`, and a meta.json that names these alone
    write    deletes, then documents, then a commit, then whatever merges Tantivy has begun
    after    the segments that are there now, and their files

The folder that the links come from is never written to: Tantivy changes no file of a segment, and what it removes is
removed in this folder alone.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tantivy import Document, Index

from shared.errors import DependencyDown, RetryableError
from shared.search.tantivy.generations import Segment
from shared.search.tantivy.schema import SCHEMA
from shared.search.tantivy.segments import read_meta, write_meta

HEAP: Final = 64_000_000
"""Bytes that a writer fills before it begins another segment."""


@contextmanager
def on_this_disk() -> Iterator[None]:
    """Around what writes files: a disk that is full, or a folder that somebody has removed, is a dependency too."""
    try:
        yield
    except OSError as error:
        raise DependencyDown("disk", "the search index could not be written") from error


def _link(source: Path, folder: Path, segments: Iterable[Segment]) -> None:
    """`source` holds the files of all segments."""
    for segment in segments:
        for name in segment.files:
            os.link(source / name, folder / name)


def write(
    folder: Path, source: Path, segments: Sequence[Segment], *, gone: Collection[str], documents: Iterable[Document]
) -> Sequence[Segment]:
    """What becomes of these segments without the documents `gone` (ids), and with `documents`."""
    _link(source, folder, segments)
    write_meta(folder, segments)
    try:
        writer = Index(SCHEMA, path=str(folder)).writer(HEAP, 1)
        for document_id in gone:
            writer.delete_documents_by_term("id", document_id)
        for document in documents:
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:
        raise RetryableError("the search index could not be written") from error
    return read_meta(folder)
