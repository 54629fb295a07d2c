"""Plain text of any encoding, as a stream: a file of 100 MB takes no more memory than one of 1 MB."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from functions.analyze_document.extraction.charset import encoding_of
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.samples import samples_of
from functions.analyze_document.extraction.writer import TextWriter

CHUNK: Final = 262_144
"""Bytes."""


def read_plain(path: Path, writer: TextWriter) -> Found:
    encoding = encoding_of(samples_of(path))
    for text in decoded(path, encoding):
        writer.write(text)
        if writer.truncated:
            break
    return Found(encoding=encoding)


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """What is no character of the encoding is shown as U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def beginning(path: Path, encoding: str, most: int) -> tuple[str, bool]:
    """For formats that are parsed as a whole: at most so many characters, and whether there are more."""
    pieces: list[str] = []
    room = most
    for text in decoded(path, encoding):
        pieces.append(text[:room])
        if len(text) > room:
            return "".join(pieces), True
        room -= len(text)
    return "".join(pieces), False
