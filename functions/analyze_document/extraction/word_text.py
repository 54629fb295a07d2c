"""What the elements of one part of a Word document say, in their order.

Names and meanings: ECMA-376, part 1, 17; in the namespace of either edition of the standard.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from functions.analyze_document.extraction.elements import hear

WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_BREAKS: Final = {
    "tab": "\t",
    "ptab": "\t",
    "tc": "\t",
    "br": "\n",
    "cr": "\n",
    "tr": "\n",
    "tbl": "\n",
    "noBreakHyphen": "-",
}
"""What stands in the text for an element that has ended."""
_NAMES: Final = {
    f"{namespace} {name}": name
    for namespace in WORD
    for name in (*_BREAKS, "t", "p", "r", "numPr", "pStyle", "vanish", "moveFrom", "del", "rt")
} | {
    "http://schemas.openxmlformats.org/officeDocument/2006/math t": "t",
    "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback": "Fallback",
}
_VALUES: Final = tuple(f"{namespace} val" for namespace in WORD)
_OFF: Final = frozenset({"0", "false", "off"})


def text_of(part: Iterable[bytes]) -> Iterator[str]:
    """Raises Decline."""
    heard = _Heard()
    for _ in hear(part, heard):
        yield "".join(heard.said)
        heard.said.clear()


class _Heard:
    """A Listener: what is said, and where in the part it is being said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._left_out = 0
        """Open elements whose text is said again elsewhere (in a newer form, where it was moved to) or was deleted."""
        self._tables = 0
        self._in_text = False
        self._hidden = False
        """Whether the open run is."""
        self._item = False
        """Whether the open paragraph is one of a list."""
        self._gap = ""
        """Between two paragraphs in one cell of a table."""

    def text(self, text: str) -> None:
        if self._in_text and not self._hidden:
            self._say(self._gap + text)
            self._gap = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match _NAMES.get(name):
            case "t":
                self._in_text = True
            case "r":
                self._hidden = False
            case "p":
                self._item = False
            case "tbl":
                self._tables += 1
            case "vanish":
                self._hidden = _value(attributes) not in _OFF
            case "numPr":
                self._begin_item()
            case "pStyle" if _value(attributes).startswith("List"):  # one of Word's own styles
                self._begin_item()
            case "Fallback" | "moveFrom" | "del" | "rt":
                self._left_out += 1

    def end(self, name: str) -> None:
        short = _NAMES.get(name)
        match short:
            case None:
                return
            case "t":
                self._in_text = False
            case "p" if self._tables:
                self._gap = " "
            case "p":
                self._say("\n" if self._item else "\n\n")
            case "tc":
                self._gap = ""
            case "tbl":
                self._tables -= 1
            case "Fallback" | "moveFrom" | "del" | "rt":
                self._left_out -= 1
        if short in _BREAKS:
            self._say(_BREAKS[short])

    def _begin_item(self) -> None:
        if not self._item:
            self._item = True
            self._say("- ")

    def _say(self, text: str) -> None:
        if not self._left_out:
            self.said.append(text)


def _value(attributes: dict[str, str]) -> str:
    return next((attributes[name] for name in _VALUES if name in attributes), "")
