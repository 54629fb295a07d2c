"""Which script a character belongs to, which scripts put no space between words, and what belongs to the letter before.

The ranges are the Unicode blocks that running text is written with (https://www.unicode.org/Public/UNIDATA/Blocks.txt).
"""

import unicodedata
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Script(StrEnum):
    """What tells languages and their rules apart; the values are ISO 15924's codes."""

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

HAN: Final = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
KANA: Final = "\u3041-\u3096\u3099-\u309f\u30a1-\u30ff"
THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
HANGUL: Final = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
"""As parts of a class of a regular expression."""

DENSE: Final = (
    f"{HAN}{KANA}\u31f0-\u31ff{THAI}{HANGUL}"
    "\uff66-\uffdc"  # Kana and Hangul of half the width
    "\u0e81-\u0ecf\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u108f\u109a-\u109f\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17d3\u17d7\u17dc-\u17dd"  # Khmer
)
"""Scripts that put no space between words; and Hangul, whose words hold what is looked for inside. Digits are not of
them.
"""
PLAIN: Final = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\uac00-\ud7a3"
"""Those of them that are one letter each, however they are normalised, if no other stands between them."""

_JOINERS: Final = frozenset("\u200d\u0e33\u0eb3\uff9e\uff9f")
"""With the letter before: zero width joiner, the am of Thai and Lao, the sound marks of half the width."""
_PAIRS: Final = frozenset({"\u0e4d\u0e32", "\u0ecd\u0eb2"})
"""The same am, in two characters."""
VIRAMA: Final = 9
"""Its combining class: it ties the consonant behind it to the one before."""


def script_of(character: str) -> Script | None:
    """None for what is no letter of a script that is known here."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at < 0 or code > _RANGES[at][1] or not character.isalpha():
        return None
    return _RANGES[at][2]


def continues(text: str, at: int) -> bool:
    """Whether the character is no beginning but belongs to the one before it, so that no cut may part them.

    The rules of https://www.unicode.org/reports/tr29/ as far as one character before tells: flags are not seen.
    """
    return _belongs(text[at - 1], text[at])


@lru_cache(maxsize=8_192)
def _belongs(before: str, character: str) -> bool:
    if character in _JOINERS or before + character in _PAIRS or unicodedata.category(character)[0] == "M":
        return True
    if before == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f":
        return True
    return unicodedata.combining(before) == VIRAMA or _same_syllable(before, character)


def _same_syllable(before: str, character: str) -> bool:
    """Of Hangul that is written by its letters."""
    before, character = (unicodedata.normalize("NFKC", one) for one in (before, character))
    vowel, final = "\u1160" <= character <= "\u11a7", "\u11a8" <= character <= "\u11ff"
    if not (vowel or final):
        return False
    whole = "\uac00" <= before <= "\ud7a3"
    return whole or "\u1100" <= before <= ("\u115f" if vowel else "\u11ff")
