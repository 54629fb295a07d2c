r"""The text on its way to its file: cleaned, counted, and cut where it is enough; only the last line is held in memory.

NFC, `\n` for every kind of line break, no control but the tab, at most one empty line in a row, none at either end.
"""

import re
import unicodedata
from typing import BinaryIO, Final

HELD: Final = 65_536
"""Characters of an unfinished line; a longer one is cut at its last space, or anywhere."""
INDENTED: Final = 200
"""Characters of indentation, after a line that was cut."""

_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_DROPPED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_BREAKS: Final = re.compile("\n{3,}")
_BLANK: Final = " \t\u00a0\u3000"

_MARKS: Final = "".join(chr(code) for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code)))
_PILE: Final = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")
"""More marks on one letter than any language has (Unicode Standard Annex 15, 12: stream-safe text). To normalise a pile
takes time in the square of its height."""


class TextWriter:
    """`most` is the number of characters that are kept; blank space does not count as something that was cut off."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self._held = ""
        self._gap = ""
        """Blank space that is written when something follows it."""
        self.characters = 0
        self.truncated = False

    def write(self, text: str) -> None:
        if self.truncated:
            return
        self._held += text
        end = self._held.rfind("\n") + 1
        if not end and len(self._held) > HELD:
            end = self._held.rfind(" ") + 1 or len(self._held) - 1
        if end:
            ready, self._held = self._held[:end], self._held[end:]
            self._put(ready)

    def close(self) -> None:
        """What is held is written; the file stays open."""
        ready, self._held = self._held, ""
        self._put(ready)

    def _put(self, text: str) -> None:
        if self.truncated:
            return
        shown = self._gap + _cleaned(text)
        said = shown.rstrip(_BLANK + "\n")
        self._gap = _gap(shown[len(said) :])
        folded = _BREAKS.sub("\n\n", said if self.characters else said.lstrip("\n"))
        room = self._most - self.characters
        self.truncated = len(folded) > room
        kept = folded[:room].rstrip() if self.truncated else folded
        self._file.write(kept.encode())
        self.characters += len(kept)


def _cleaned(text: str) -> str:
    plain = _DROPPED.sub("", _BREAK.sub("\n", text))
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", _PILE.sub(r"\1", plain))
    return "\n".join(line.rstrip(_BLANK) for line in plain.split("\n"))


def _gap(blank: str) -> str:
    """An empty line at most, and the indentation of what follows it."""
    return "\n" * min(2, blank.count("\n")) + blank.rpartition("\n")[2][:INDENTED]
