"""Text of a Word document (.docx): headers, the body with its tables and text boxes, notes, footers; each once.

Read from the parts themselves, as a stream, rather than by python-docx: that holds every part in memory, pictures too,
leaves out notes, text boxes and content controls, and meets a hostile file with any kind of exception. What was deleted
or is hidden is left out; macros, pictures and embedded objects are never opened.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from functions.analyze_document.extraction.declines import declined
from functions.analyze_document.extraction.elements import hear
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.package import Package, resolved
from functions.analyze_document.extraction.word_text import text_of
from functions.analyze_document.extraction.writer import TextWriter

_DOCUMENT: Final = "word/document.xml"
_BEFORE: Final = ("header",)
_AFTER: Final = ("footnotes", "endnotes", "footer")
"""The last words of the types of relationships."""
MOST_OF_A_KIND: Final = 100
MOST_SEEN: Final = 20_000
"""Relationships, of which a document with as many pictures has one each."""
_RELATIONSHIP: Final = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"


def read_word(path: Path, writer: TextWriter) -> Found:
    package = Package.open(path)
    try:
        document = next(iter(_related(package, "").get("officeDocument", [])), _DOCUMENT)
        if document not in package:
            raise declined("damaged")
        parts = _related(package, document)
        before, after = ([name for kind in kinds for name in parts.get(kind, [])] for kinds in (_BEFORE, _AFTER))
        for name in (*before, document, *after):
            for piece in text_of(package.part(name)):
                writer.write(piece)
                if writer.truncated:
                    break
        return Found()
    finally:
        package.close()


def _related(package: Package, source: str) -> dict[str, list[str]]:
    """The parts that a part (or, by an empty name, the package) refers to, by the last word of their type."""
    folder, _, name = source.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    found: dict[str, list[str]] = {}
    if relations not in package:
        return found
    for attributes in _Relationships.of(package.part(relations)):
        kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target")
        if target and attributes.get("TargetMode") != "External":
            part = resolved(source, target)
            known = found.setdefault(kind, [])
            if part in package and part not in known and len(known) < MOST_OF_A_KIND:
                known.append(part)
    return found


class _Relationships:
    """A Listener for their attributes."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    @classmethod
    def of(cls, part: Iterator[bytes]) -> list[dict[str, str]]:
        heard = cls()
        for _ in hear(part, heard):
            if len(heard.found) > MOST_SEEN:
                break
        return heard.found

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == _RELATIONSHIP:
            self.found.append(attributes)

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...
