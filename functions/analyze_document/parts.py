"""Splits a text into parts that a model takes in one call, and makes one analysis of what was said of them.

    text ──split──▶ part, part, .. ──▶ an Analysis of each ──▶ Finding, .. ─┬─notes──▶ Analysis ─┐
                                                                            └──────── keywords ──┴─▶ Analysis

A text is measured by weight, because nobody can count its tokens before the call. Four units of weight are about one
token: four letters of Latin, two of Greek, Cyrillic, Arabic or Hebrew, one ideograph or syllable of most other scripts.
"""

import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from pydantic import BaseModel

from functions.analyze_document.analysis import UNKNOWN, Analysis, Keyword, folded

LATIN_ENDS: Final = 0x370
ALPHABETS_END: Final = 0x900
BETWEEN: Final = "\n\n"
"""Two notes: each is a paragraph."""

_PAUSES: Final = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile("[.!?\u2026][\"'\u2019\u201d\u00bb)\\]]*\\s|[\u3002\uff01\uff1f]"),
    re.compile(r"\s"),
)
"""Where a text may be parted, the best first: paragraph, line, sentence, word."""


class Finding(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """What is kept of a part until all are done: what merging needs, so that a cursor stays small."""

    characters: int
    summary: str
    keywords: tuple[Keyword, ...]
    language: str


def split(text: str, most: int) -> tuple[str, ...]:
    """Parts of at most this weight, which are together the text. The last two share what is left for them."""
    weights = _weights(text)
    parts: list[str] = []
    start = 0
    while start < len(text):
        left = weights[-1] - weights[start]
        end = len(text) if left <= most else _end(text, start, weights, min(most, left // 2 + 1))
        parts.append(text[start:end])
        start = end
    return tuple(parts)


def beginning(text: str, most: int) -> str:
    """As much of it as has at most this weight."""
    return text[: bisect_right(_weights(text), most) - 1]


def _weights(text: str) -> "array[int]":
    """Before each character, and at the end: of all that stands before."""
    return array("L", accumulate(map(_weight, text), initial=0))


def _weight(character: str) -> int:
    point = ord(character)
    return 1 if point < LATIN_ENDS else 2 if point < ALPHABETS_END else 4


def _end(text: str, start: int, weights: "array[int]", aim: int) -> int:
    """At the last pause in the second half of what may be taken; where there is none, in the middle of a word."""
    end = max(start + 1, bisect_right(weights, weights[start] + aim) - 1)
    earliest = start + (end - start) // 2
    for pause in _PAUSES:
        if found := list(pause.finditer(text, earliest, end)):
            return found[-1].end()
    return end


def finding(analysis: Analysis, part: str, share: int) -> Finding:
    """`share` is the weight that one summary may have, so that all of them together make a text for one call."""
    return Finding(
        characters=len(part),
        summary=beginning(analysis.summary, share),
        keywords=analysis.keywords,
        language=analysis.language,
    )


def notes(findings: Sequence[Finding]) -> str:
    """The summaries in their order."""
    return BETWEEN.join(one.summary for one in findings)


def merged(findings: Sequence[Finding], whole: Analysis) -> Analysis:
    """`whole` was made of the notes: it has the summary, the key points and the category. The rest is reckoned here."""
    reckoned = {"keywords": _keywords(findings), "language": _language(findings)}
    return Analysis.model_validate(whole.model_dump() | reckoned)


def _keywords(findings: Sequence[Finding]) -> list[dict[str, str | float]]:
    """By what they weigh in all parts, a long part counting for more than a short one; the heaviest weighs 1."""
    weights: defaultdict[str, float] = defaultdict(float)
    spelt: dict[str, Keyword] = {}
    for one in findings:
        for keyword in one.keywords:
            word = folded(keyword.word)
            weights[word] += keyword.weight * one.characters
            spelt[word] = max(spelt.get(word, keyword), keyword, key=lambda found: found.weight)
    heaviest = max(weights.values(), default=0.0) or 1.0
    return [{"word": spelt[word].word, "weight": weight / heaviest} for word, weight in weights.items()]


def _language(findings: Sequence[Finding]) -> str:
    """That of the most characters, as far as a part's is known."""
    characters: defaultdict[str, int] = defaultdict(int)
    for one in findings:
        if one.language != UNKNOWN:
            characters[one.language] += one.characters
    return max(characters, key=lambda language: characters[language], default=UNKNOWN)
