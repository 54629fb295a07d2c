"""How much each word of a text weighs, and the few that stand for it.

A word weighs by how often it comes, more if it is long (short words are common in every text) and if it stands at the
beginning, where a text says what it is about.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from functions.analyze_document.analysis import KEYWORDS, folded

CANDIDATES: Final = 200
"""The heaviest words, among which those are joined that are forms of one."""
FIRST: Final = 3
"""Sentences: a title and what it begins with."""
_EARLY: Final = 1.3
_ENDINGS: Final = 2
"""By how many letters forms of one word differ at most (a plural, a case)."""
_STEM: Final = 4
_PART: Final = 0.7
"""A Chinese group is part of a longer one, if that comes this often of the times that it comes itself."""

Weights = Mapping[str, float]
"""By folded word."""


def weights(words: Sequence[Sequence[str]], language: str) -> Weights:
    """Of the words of each sentence, in order. A group of Chinese characters that comes once is no word."""
    times = Counter(folded(word) for sentence in words for word in sentence)
    if language == "zh":
        times = Counter({word: count for word, count in times.items() if count > 1}) or times
    early = {folded(word) for sentence in words[:FIRST] for word in sentence}
    return {word: count * min(len(word), 12) ** 0.5 * (_EARLY if word in early else 1) for word, count in times.items()}


def keywords(words: Sequence[Sequence[str]], weight: Weights, language: str) -> list[tuple[str, float]]:
    """The heaviest words as they are mostly spelt, with their share of the heaviest one's weight."""
    heaviest = sorted(weight, key=lambda word: (-weight[word], word))[:CANDIDATES]
    joined = _whole_groups(heaviest, weight) if language == "zh" else _one_of_each(heaviest, weight)
    best = sorted(joined, key=lambda word: (-joined[word], word))[:KEYWORDS]
    spelt = _spellings(words, frozenset(best))
    return [(spelt[word], joined[word] / joined[best[0]]) for word in best]


def _one_of_each(heaviest: Sequence[str], weight: Weights) -> dict[str, float]:
    """Forms of one word counted as its heaviest form."""
    joined: dict[str, float] = {}
    for word in heaviest:
        kin = next((known for known in joined if _are_kin(word, known)), word)
        joined[kin] = joined.get(kin, 0) + weight[word]
    return joined


def _are_kin(word: str, known: str) -> bool:
    short, long = sorted((word, known), key=len)
    return len(short) >= _STEM and len(long) - len(short) <= _ENDINGS and long.startswith(short)


def _whole_groups(heaviest: Sequence[str], weight: Weights) -> dict[str, float]:
    """Without the groups that come (nearly) only inside of longer ones, or that are a word and part of the next."""
    kept: dict[str, float] = {}
    for group in sorted(heaviest, key=lambda group: (-len(group), -weight[group], group)):
        if not any(group in longer and weight[longer] >= _PART * weight[group] for longer in kept):
            kept[group] = weight[group]
    return kept


def _spellings(words: Sequence[Sequence[str]], wanted: frozenset[str]) -> dict[str, str]:
    seen: dict[str, Counter[str]] = {word: Counter() for word in wanted}
    for sentence in words:
        for word in sentence:
            fold = folded(word)
            if fold in seen:
                seen[fold][word] += 1
    return {fold: spellings.most_common(1)[0][0] for fold, spellings in seen.items()}
