"""A stranger's words as a template may show them: text that can be set, broken into lines, and read one way only.

Nothing here keeps words from becoming markup: they never are, because a template gets them as JSON. This is about what
is in no font (controls, halves of surrogate pairs), and about what would make a line read as another or leave the page.
"""

import re
import unicodedata
from typing import Final

LONGEST_WORD: Final = 24
"""Characters; a longer word may be broken, if it must, after every `PIECE` of them."""
PIECE: Final = 8
_ZERO_WIDTH_SPACE: Final = "\u200b"

_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls, the marks that turn text around (the weak ones, U+200E, U+200F and U+061C, turn no letter), and the mark of
`breakable`: words of nothing else would be none where it is taken out."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SPACE: Final = re.compile(r"[ \t\n\u00a0]+")
_UNBROKEN: Final = re.compile(
    rf"[^\s\u00ad\u200b-\u200d\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]{{{LONGEST_WORD + 1},}}"
)
"""Scripts without spaces (Thai to Khmer, Chinese and Japanese) are broken by their own rules."""
_MARKED: Final = re.compile(
    r".[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u065f\u0670\u20d0-\u20ff\ufe00-\ufe0f]*", re.DOTALL
)
"""A character and the marks on it."""

_ENDS: Final = " \n,;:.-"
"""What does not stand before an ellipsis."""


def lines(value: str) -> str:
    """With line feeds as the only controls."""
    text = _SURROGATE.sub("\ufffd", _BREAK.sub("\n", value))
    return unicodedata.normalize("NFC", _NOT_TEXT.sub("", text.replace("\t", " "))).strip()


def line(value: str) -> str:
    """On one line."""
    return _SPACE.sub(" ", lines(value)).strip()


def breakable(text: str) -> str:
    """With invisible places at which a very long word may be broken: an address, a hash, a line of x."""
    return _UNBROKEN.sub(lambda word: _in_pieces(word[0]), text)


def unbroken(text: str) -> str:
    """The same without those places, for whatever is no page."""
    return text.replace(_ZERO_WIDTH_SPACE, "")


def _in_pieces(word: str) -> str:
    letters = _MARKED.findall(word)
    return _ZERO_WIDTH_SPACE.join("".join(letters[start : start + PIECE]) for start in range(0, len(letters), PIECE))


def cut(text: str, longest: int) -> str:
    """At most so many characters: whole words and an ellipsis; within a word only where that is half of it or more."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    words = kept if text[longest - 1].isspace() else kept.rpartition(" ")[0]
    return (words if len(words) * 2 >= longest else kept).rstrip(_ENDS) + "…"
