"""Splits a text into its sentences, headings and list items, in every script that has a mark for a sentence's end.

A line that ends short of the margin ends what it says (a heading, an item, an address); a full one goes on in the next.
"""

# ruff: noqa: RUF001 - words of other scripts look like Latin letters to it

import re
from collections.abc import Iterator
from typing import Final

from functions.analyze_document.extractive.scripts import is_dense

LONGEST: Final = 600
"""Characters. A longer one (a table, a text without stops) is cut into pieces of this length."""
_FULL: Final = 55
_FULL_DENSE: Final = 25
"""From how many characters on a line is one that was broken for want of room."""

_CLOSING: Final = "\"'\u201d\u2019\u00bb)\\]\u300d\u300f\uff09\u3011"
_STOP: Final = ".!?\u2026\u061f\u06d4\u0964\u0965\u0589"
_DENSE_STOP: Final = "\u3002\uff01\uff1f\uff61"
_END: Final = re.compile(rf"[{_DENSE_STOP}]++[{_CLOSING}]*+|(?<![{_STOP}])[{_STOP}]++[{_CLOSING}]*+(?=\s)")
_GREEK_END: Final = re.compile(rf"(?<![{_STOP};\u037e])[{_STOP};\u037e]++[{_CLOSING}]*+(?=\s)")
_ENDED: Final = re.compile(rf"[:{_STOP}{_DENSE_STOP}][{_CLOSING}]*$")
_ITEM: Final = re.compile(
    r"\s*(?:[-*+\u2022\u2023\u25aa\u25e6\u2013\u2014\u00b7]\s+|(?:\d{1,3}|[A-Za-z])[.)]\s+|#{1,6}\s+)"
)
_BLANK: Final = re.compile(r"\n\s*\n")
_SPACE: Final = re.compile(r"\s+")

_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|[^\W\d_](?:\.[^\W\d_])+|dr|mr|mrs|ms|prof|st|vs|etc|no|nos|fig|vol|approx|inc|ltd|jr|sr|dept"
    r"|bzw|ca|nr|abs|art|vgl|usw|inkl|bspw|str|sog|evtl|mme|mlle|sra|sres|dott|sig|ing|pag|págs?|núm|tel|jan|feb|aug|sept"
    r"|oct|nov|dec|okt|dez|стр|руб|ул|тыс|млн|млрд|др|пр|гг|рис|им)\.$",
    re.IGNORECASE,
)


def sentences(text: str, language: str) -> tuple[str, ...]:
    """In their order, each on one line, without the marks of lists and headings."""
    found: list[str] = []
    for block in _BLANK.split(text):
        for passage in _passages(block, language):
            found += _split(passage, language)
    return tuple(found)


def _passages(block: str, language: str) -> Iterator[str]:
    """A block's lines, those joined that belong together."""
    dense = is_dense(language)
    full, joint = (_FULL_DENSE, "") if dense else (_FULL, " ")
    held: list[str] = []
    for line in block.splitlines():
        item = _ITEM.match(line)
        if held and (item or len(held[-1]) < full):
            yield joint.join(held)
            held = []
        stripped = line[item.end() if item else 0 :].strip()
        if stripped:
            held.append(stripped)
    if held:
        yield joint.join(held)


def _split(passage: str, language: str) -> Iterator[str]:
    if language == "th":  # a space is all that Thai puts between sentences
        yield from (piece for part in passage.split() for piece in _bounded(part))
        return
    start = 0
    for stop in (_GREEK_END if language == "el" else _END).finditer(passage):
        if _goes_on(passage, start, stop):
            continue
        yield from _bounded(passage[start : stop.end()])
        start = stop.end()
    yield from _bounded(passage[start:])


def _goes_on(passage: str, start: int, stop: re.Match[str]) -> bool:
    """A point that ends no sentence: of an abbreviation or initial, or before a word in lower case."""
    following = passage[stop.end() : stop.end() + 2].lstrip()[:1]
    if following.islower() and stop.group()[0] not in _DENSE_STOP:
        return True
    return stop.group() == "." and _ABBREVIATION.search(passage[max(start, stop.end() - 12) : stop.end()]) is not None


def _bounded(sentence: str) -> Iterator[str]:
    line = _SPACE.sub(" ", sentence).strip()
    yield from (line[start : start + LONGEST].strip() for start in range(0, len(line), LONGEST))


def is_ended(sentence: str) -> bool:
    """Whether it closes with a mark, as a heading or an item does not."""
    return _ENDED.search(sentence) is not None
