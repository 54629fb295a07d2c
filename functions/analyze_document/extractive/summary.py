"""Chooses the sentences that stand for the text: those with most of its weighty words, none that repeats another."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log1p
from typing import Final
from unicodedata import category

from functions.analyze_document.analysis import KEY_POINTS, SUMMARY, folded
from functions.analyze_document.extractive.scoring import Weights
from functions.analyze_document.extractive.sentences import is_ended
from shared.text import cut

IN_SUMMARY: Final = 4
IN_POINTS: Final = min(5, KEY_POINTS)
RANKED: Final = 60
"""The best sentences, among which those are sought that do not repeat each other."""
LONGEST: Final = min(360, SUMMARY // IN_SUMMARY)
"""Characters of a sentence in a summary."""
_SHORTEST: Final = 12
_LETTERS: Final = 0.55
"""The least share of a sentence's characters."""
_FIGURES: Final = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_FIGURES: Final = 4
"""In a sentence; more are the rows of a table, run together."""
_ALIKE: Final = 0.6
"""The share of the shorter one's words that two sentences have in common, when one says nothing new."""
_PARTIAL: Final = 0.5
"""What a heading, an item, or the end of a sentence that a formula broke counts, against a whole sentence."""
_OPENING: Final = 1.4
"""What the first sentence counts, against the others."""


@dataclass(frozen=True, slots=True)
class Choice:
    summary: tuple[str, ...]
    key_points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    words: frozenset[str]
    score: float


def chosen(sentences: Sequence[str], words: Sequence[Sequence[str]], weight: Weights) -> Choice:
    """Both in the document's order. A text without sentences (a list of figures) is summed up by its beginning."""
    scored = sorted(_scored(sentences, words, weight), key=lambda sentence: (-sentence.score, sentence.place))
    best = list(_distinct(scored[:RANKED], IN_SUMMARY + IN_POINTS))
    if not best:
        return Choice(tuple(cut(sentence, LONGEST) for sentence in sentences[:IN_SUMMARY]), ())
    first = min(IN_SUMMARY, ceil(len(best) / 2))
    return Choice(_in_order(best[:first]), _in_order(best[first:]))


def _scored(sentences: Sequence[str], words: Sequence[Sequence[str]], weight: Weights) -> Iterator[_Sentence]:
    opening = True
    seen: set[frozenset[str]] = set()
    for place, (text, spelt) in enumerate(zip(sentences, words, strict=True)):
        if len(text) < _SHORTEST or not spelt or _is_of_figures(text):
            continue
        folds = frozenset(map(folded, spelt))
        if folds in seen:  # a page's header, again
            continue
        seen.add(folds)
        matter = sum(log1p(weight.get(fold, 0)) for fold in folds) / (4 + len(folds)) ** 0.8
        whole = is_ended(text) and not text[0].islower()
        form = (1 if whole else _PARTIAL) * (_OPENING if opening and whole else 1)
        yield _Sentence(place, text, folds, matter * form)
        opening = opening and not whole


def _is_of_figures(text: str) -> bool:
    return len(_FIGURES.findall(text)) > _MOST_FIGURES or _letters(text) < _LETTERS * len(text)


def _letters(text: str) -> int:
    """With the marks that stand above, below and beside them, which Hindi and Thai are half made of."""
    return sum(category(character)[0] in "LM" for character in text)


def _distinct(ranked: Sequence[_Sentence], most: int) -> Iterator[_Sentence]:
    taken: list[_Sentence] = []
    for sentence in ranked:
        if len(taken) < most and not any(_are_alike(sentence, other) for other in taken):
            taken.append(sentence)
            yield sentence


def _are_alike(one: _Sentence, other: _Sentence) -> bool:
    return len(one.words & other.words) > _ALIKE * min(len(one.words), len(other.words))


def _in_order(sentences: Sequence[_Sentence]) -> tuple[str, ...]:
    return tuple(cut(sentence.text, LONGEST) for sentence in sorted(sentences, key=lambda sentence: sentence.place))
