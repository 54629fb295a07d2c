"""Reads one file: the request says which and of what type, the answer what was found in it.

request   path, content_type, into, most_characters
answer    characters, truncated, encoding | null; the text is in `into`, as UTF-8
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from functions.analyze_document.extraction.declines import declined
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.hypertext import read_html
from functions.analyze_document.extraction.markdown import read_markdown
from functions.analyze_document.extraction.pdf import read_pdf
from functions.analyze_document.extraction.plain import read_plain
from functions.analyze_document.extraction.word import read_word
from functions.analyze_document.extraction.writer import TextWriter

Reader = Callable[[Path, TextWriter], Found]

READERS: Final[dict[str, Reader]] = {
    "application/pdf": read_pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": read_word,
    "text/html": read_html,
    "text/markdown": read_markdown,
}


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    path: Path
    content_type: str
    into: Path
    most_characters: int


def extract(request: dict[str, Any]) -> dict[str, Any]:
    """Raises Decline; MemoryError where the file asks for more than there is."""
    asked = ExtractionRequest(
        Path(request["path"]), request["content_type"], Path(request["into"]), request["most_characters"]
    )
    reader = _reader(asked.content_type)
    if not asked.path.stat().st_size:
        raise declined("empty")
    with asked.into.open("wb") as file:
        writer = TextWriter(file, asked.most_characters)
        found = reader(asked.path, writer)
        writer.close()
    if not writer.characters:
        raise declined("scanned" if found.pictures else "empty")
    return {
        "characters": writer.characters,
        "truncated": writer.truncated or found.cut,
        "encoding": found.encoding,
    }


def _reader(content_type: str) -> Reader:
    reader = READERS.get(content_type)
    if reader is not None:
        return reader
    if content_type.startswith("text/"):
        return read_plain
    raise declined("unsupported")
