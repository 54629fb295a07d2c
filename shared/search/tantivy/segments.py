"""Tantivy's folder of an index: its meta.json, and which files are a segment's.

Tantivy's segments know nothing of each other, so that a folder with the files of some of them and a meta.json that
names these is an index: all of them for a reader, only those that it will touch for a writer. That is what this module
writes (format of tantivy 0.27, read back from what it writes itself); the package is pinned, and a test compares.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from tantivy import Index

from shared.search.tantivy.generations import Deletes, Segment
from shared.search.tantivy.schema import SCHEMA

META: Final = "meta.json"


@cache
def _template() -> Mapping[str, Any]:
    """What Tantivy writes for an index without segments: schema and settings."""
    with tempfile.TemporaryDirectory(prefix="search-schema-") as folder:
        Index(SCHEMA, path=folder)
        template: dict[str, Any] = json.loads(Path(folder, META).read_bytes())
    return template


def write_meta(folder: Path, segments: Sequence[Segment]) -> None:
    opstamp = max((segment.deletes.opstamp for segment in segments if segment.deletes), default=0)
    meta = {
        **_template(),
        "opstamp": opstamp,
        "segments": [
            {
                "segment_id": segment.id,
                "max_doc": segment.documents,
                "deletes": (
                    {"num_deleted_docs": segment.deletes.count, "opstamp": segment.deletes.opstamp}
                    if segment.deletes
                    else None
                ),
            }
            for segment in segments
        ],
    }
    Path(folder, META).write_text(json.dumps(meta))


def read_meta(folder: Path) -> Sequence[Segment]:
    """The segments that a writer has left there; `files` say no pack yet."""
    meta = json.loads(Path(folder, META).read_bytes())
    names = [path.name for path in folder.iterdir()]
    return [_segment(entry, names) for entry in meta["segments"]]


def _segment(entry: Mapping[str, Any], names: Iterable[str]) -> Segment:
    deletes = Deletes(entry["deletes"]["num_deleted_docs"], entry["deletes"]["opstamp"]) if entry["deletes"] else None
    stem = entry["segment_id"].replace("-", "")
    alive = f"{stem}.{deletes.opstamp}.del" if deletes else None
    files = {name: "" for name in names if name.startswith(f"{stem}.") and (not name.endswith(".del") or name == alive)}
    return Segment(entry["segment_id"], entry["max_doc"], deletes, files)
