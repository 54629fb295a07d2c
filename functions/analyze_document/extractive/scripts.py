"""Which script a character belongs to, and how scripts that put no space between words are told from those that do.

The ranges are the Unicode blocks that running text is written with (https://www.unicode.org/Public/UNIDATA/Blocks.txt).
"""

from bisect import bisect_right
from collections import Counter
from enum import StrEnum
from typing import Final


class Script(StrEnum):
    LATIN = "Latn"
    GREEK = "Grek"
    CYRILLIC = "Cyrl"
    HEBREW = "Hebr"
    ARABIC = "Arab"
    DEVANAGARI = "Deva"
    THAI = "Thai"
    KANA = "Kana"
    HAN = "Hani"
    HANGUL = "Hang"


_RANGES: Final = (
    (0x0041, 0x024F, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0E00, 0x0E7F, Script.THAI),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x3041, 0x30FF, Script.KANA),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xAC00, 0xD7A3, Script.HANGUL),
    (0xF900, 0xFAFF, Script.HAN),
    (0xFB1D, 0xFB4F, Script.HEBREW),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFC, Script.ARABIC),
    (0x20000, 0x323AF, Script.HAN),
)
_STARTS: Final = tuple(start for start, _, _ in _RANGES)

HAN: Final = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
KANA: Final = "\u3041-\u3096\u3099-\u309f\u30a1-\u30ff"
THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
"""As parts of a class of a regular expression."""

_DENSE: Final = frozenset({"ja", "zh"})


def script_of(character: str) -> Script | None:
    """None for what is no letter of a script that is known here."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at < 0 or code > _RANGES[at][1] or not character.isalpha():
        return None
    return _RANGES[at][2]


def scripts_in(text: str) -> Counter[Script]:
    """How many letters of each."""
    found: Counter[Script] = Counter()
    for character, times in Counter(text).items():
        script = script_of(character)
        if script is not None:
            found[script] += times
    return found


def is_dense(language: str) -> bool:
    """Whether sentences of the language follow each other without a space."""
    return language in _DENSE
