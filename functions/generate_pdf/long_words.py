"""Words that are wider than their line: an address, a hash, a line of x. They are marked where they may be broken."""

import re
from typing import Final

LONGEST_WORD: Final = 24
"""Characters; a longer word may be broken, if it must, after every `PIECE` of them."""
PIECE: Final = 8
_ZERO_WIDTH_SPACE: Final = "\u200b"

_UNBROKEN: Final = re.compile(
    rf"[^\s\u00ad\u200b-\u200d\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]{{{LONGEST_WORD + 1},}}"
)
"""Scripts without spaces (Thai to Khmer, Chinese and Japanese) are broken by their own rules."""
_MARKED: Final = re.compile(
    r".[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u065f\u0670\u20d0-\u20ff\ufe00-\ufe0f]*", re.DOTALL
)
"""A character and the marks on it."""


def breakable(text: str) -> str:
    """With zero-width spaces in every very long word. It has none of its own: shared/text.py takes them out."""
    return _UNBROKEN.sub(lambda word: _in_pieces(word[0]), text)


def _in_pieces(word: str) -> str:
    letters = _MARKED.findall(word)
    return _ZERO_WIDTH_SPACE.join("".join(letters[start : start + PIECE]) for start in range(0, len(letters), PIECE))
