"""What is in a PDF, read by another library than the one that wrote it."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def root(pdf: bytes) -> Any:
    """Its catalogue."""
    return opened(pdf).trailer["/Root"]


def words_in(pdf: bytes) -> str:
    """Its text, without the places at which words may be broken, and with plain spaces."""
    text = " ".join(page.extract_text() for page in opened(pdf).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def glyphs(pdf: bytes) -> Iterator[int]:
    """The glyph of each character that is drawn, by its number in its font; 0 is `.notdef`, the missing one."""
    reader = opened(pdf)
    for page in reader.pages:
        yield from _drawn(ContentStream(page.get_contents(), reader), page["/Resources"], reader)


def _drawn(content: ContentStream, resources: Any, reader: PdfReader) -> Iterator[int]:
    font: Any = None
    for operands, operator in content.operations:
        if operator == b"Tf":
            font = resources["/Font"][operands[0]]
            assert font["/Subtype"] == "/Type0"
            assert font["/Encoding"] == "/Identity-H"
        elif operator in {b"Tj", b"TJ"}:
            strings = operands[0] if operator == b"TJ" else operands
            for string in strings:
                raw = getattr(string, "original_bytes", None)
                if raw is not None:
                    yield from (int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2))
        elif operator == b"Do":
            inner = resources["/XObject"][operands[0]].get_object()
            if inner["/Subtype"] == "/Form":
                yield from _drawn(ContentStream(inner, reader), inner.get("/Resources", {}), reader)


def edges(pdf: bytes) -> tuple[float, float]:
    """Where its leftmost character begins and its rightmost one ends, in points of an A4 page's 595."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        boxes = []
        for page in document:
            text = page.get_textpage()
            letters = [place for place in range(text.count_chars()) if text.get_text_range(place, 1).strip()]
            boxes += [text.get_charbox(place) for place in letters]
            text.close()
            page.close()
        drawn = [box for box in boxes if box[2] > box[0]]
        return min(box[0] for box in drawn), max(box[2] for box in drawn)
    finally:
        document.close()


def tags(pdf: bytes) -> list[str]:
    """The structure's elements, in reading order."""

    def below(node: Any) -> Iterator[str]:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for child in node:
                yield from below(child)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                yield str(node["/S"])
            yield from below(node.get("/K", []))

    return list(below(root(pdf)["/StructTreeRoot"]["/K"]))
