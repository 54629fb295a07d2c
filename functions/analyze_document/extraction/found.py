"""What a format's reader tells of a file, beside the text that it has written."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

TITLE: Final = 255
"""Characters."""
_NOT_SHOWN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_HIDDEN: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True)
class Found:
    pages: int | None = None
    title: str | None = None
    encoding: str | None = None
    """Of a text: Python's name for what it was decoded with."""
    cut: bool = False
    """Not all of the file was looked at."""
    pictures: bool = False
    """There are pictures where text would be expected."""


def title_of(text: str | None) -> str | None:
    """One line of visible characters, or None."""
    shown = "".join(" " if unicodedata.category(character) in _NOT_SHOWN else character for character in text or "")
    line = " ".join(_HIDDEN.sub("", unicodedata.normalize("NFC", shown)).split())
    return line[:TITLE].strip() or None
