"""XML read as a stream by expat: no tree, so a part takes no memory however large it is.

A document type declaration, which all attacks by entities begin with, is refused: Office Open XML allows none
(ECMA-376, part 2, 9.1). Nothing is fetched.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NoReturn, Protocol
from xml.parsers import expat

from functions.analyze_document.extraction.declines import declined

DEEPEST: Final = 500
"""Elements in elements; Word itself nests tables some dozen deep."""


class Listener(Protocol):
    """Told of every element as it begins and ends. A name is `namespace name`."""

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


def hear(chunks: Iterable[bytes], listener: Listener) -> Iterator[None]:
    """A turn for each chunk: what the listener has gathered can be taken away between them. Raises Decline."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise declined("too_complex")
        listener.begin(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = _refused
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise declined("damaged") from error


def _refused(*_: object) -> NoReturn:
    raise declined("damaged")
