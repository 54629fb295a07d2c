"""The words of a text that carry its matter.

spaced scripts    runs of letters with their marks, an apostrophe or hyphen inside; function words left out
Japanese          runs of kanji, and of katakana
Chinese           pairs, threes and fours of characters between function characters
Thai              runs between function words
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from functions.analyze_document.extractive.function_words import WORDS
from shared.search.scripts import HAN, KANA, THAI

SHORTEST: Final = 3
LONGEST: Final = 40
"""Letters of a word; what is longer is an address, a key or noise."""

_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0903\u093a-\u094f\u0962\u0963\u200c\u200d"
)
_LETTER: Final = rf"(?:[^\W\d_{HAN}{KANA}{THAI}]|[{_MARKS}])"
_SPACED: Final = re.compile(rf"{_LETTER}+(?:['\u2019\u05f3\u05f4-]{_LETTER}+)*")
_KANJI_OR_KATAKANA: Final = re.compile(rf"[{HAN}]{{2,8}}|[\u30a1-\u30fa\u30fc]{{3,20}}")
_HAN_RUN: Final = re.compile(rf"[{HAN}]+")
_THAI_RUN: Final = re.compile(rf"[{THAI}]{{3,}}")

_CHINESE: Final = frozenset(
    "的了是在和与與及等也就都而不这這那有为為以对對将將从從被把之其于於或但由所可我你他她它们們一个個并並中上下"
)
_THAI: Final = re.compile(
    "ที่|และ|ของ|ใน|เป็น|ได้|การ|ความ|มี|ให้|ว่า|จะ|ไม่|กับ|จาก|โดย|หรือ|แต่|นี้|นั้น|ต้อง|เพื่อ|อยู่|แล้ว|ซึ่ง|ทุก|มาก|ก็|ๆ"
)
_KOREAN: Final = re.compile(
    "(?:으로|에서|에게|까지|부터|이다|하는|하고|했다|한다|습니다|은|는|이|가|을|를|의|에|로|와|과|도)$"
)


def spaced_words(text: str, most: int | None = None) -> Iterator[str]:
    """In lower case, function words among them."""
    return islice((found.group().lower() for found in _SPACED.finditer(text)), most)


def content_words(sentence: str, language: str) -> tuple[str, ...]:
    """As they stand in the sentence, in its order; one that comes twice is there twice."""
    match language:
        case "zh":
            dense = _chinese(sentence)
        case "ja":
            dense = [found.group() for found in _KANJI_OR_KATAKANA.finditer(sentence)]
        case "th":
            dense = [part for run in _THAI_RUN.findall(sentence) for part in _THAI.split(run) if 3 <= len(part) <= 24]
        case _:
            dense = []
    return (*dense, *(word for word in _spaced(sentence, language) if word))


def _spaced(sentence: str, language: str) -> Iterator[str]:
    small = WORDS.get(language) or _ALL
    shortest = 2 if language == "ko" else SHORTEST
    for found in _SPACED.finditer(sentence):
        word = _KOREAN.sub("", found.group()) if language == "ko" else found.group()
        if shortest <= len(word) <= LONGEST and word.lower() not in small:
            yield word


_ALL: Final = frozenset[str]().union(*WORDS.values())
"""Of a text whose language is not known, the small words of every language say nothing."""


def _chinese(sentence: str) -> list[str]:
    return [
        part[start : start + size]
        for part in _between(sentence)
        for size in (2, 3, 4)
        for start in range(len(part) - size + 1)
    ]


def _between(sentence: str) -> Iterator[str]:
    """The parts of runs of characters that hold no function character."""
    for run in _HAN_RUN.findall(sentence):
        yield from "".join(" " if character in _CHINESE else character for character in run).split()
