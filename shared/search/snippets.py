"""The places of a document in which a query was found: a fragment of each field, and which of its characters matched.

A fragment is cut from what was indexed, at spaces where the script has any, and never inside a character and its marks.
Its text is as long as it was in the document: what must not be shown (controls, marks that turn the direction of text)
is a space. Offsets are characters (code points), not bytes and not UTF-16 units.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.search.fields import Field
from shared.search.marking import Marked, marked
from shared.search.model import SHOWN, Match, Texts
from shared.search.query import Query
from shared.search.scripts import continues

LENGTH: Final = 200
"""Characters of a fragment."""
LEAD: Final = 50
"""Of them before the first match."""
LOOKED_AT: Final = SHOWN
"""Characters of a long text that are looked at: a match behind them has no passage."""
CUT: Final = 24
"""How far a space, or a letter's last mark, is looked for, where a fragment begins or ends."""
LONGEST: Final = 3 * LENGTH
"""Characters of a fragment that one match fills: what is longer is cut."""
_HIDDEN: Final = frozenset("\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]")


@dataclass(frozen=True, slots=True)
class Passage:
    """`marks` are in order and do not overlap: [start, end) in `text`."""

    field: Field
    text: str
    marks: tuple[tuple[int, int], ...]


def passages(texts: Texts, query: Query, how: Match) -> tuple[Passage, ...]:
    """Of the title, of what the analysis says, of the text: those in which something was found."""
    found = []
    for field, text in ((Field.TITLE, texts.title), (Field.ABOUT, texts.about), (Field.TEXT, texts.text)):
        looked_at = text if len(text) <= LOOKED_AT else text[: _end(text, LOOKED_AT, LOOKED_AT - LENGTH)]
        if matches := marked(looked_at, query, field, how):
            found.append(_passage(field, looked_at, matches))
    return tuple(found)


def _passage(field: Field, text: str, matches: Sequence[Marked]) -> Passage:
    first = _best(matches)
    start = _begin(text, max(0, first.start - LEAD), first.start)
    end = _end(text, min(len(text), start + LENGTH), min(first.end, start + LONGEST))
    within = [(match.start, min(match.end, end)) for match in matches if match.start >= start and match.end <= end]
    marks = _merged(within or [(first.start, end)])
    shown = "".join([" " if _hidden(character) else character for character in text[start:end]])
    return Passage(field, shown, tuple((low - start, high - start) for low, high in marks))


def _best(matches: Sequence[Marked]) -> Marked:
    """The first match of the window with most of what was asked, and then with most matches."""
    best, most = 0, (0, 0)
    behind = 0
    within: Counter[int] = Counter()
    for at, match in enumerate(matches):
        while behind < len(matches) and (behind <= at or matches[behind].end <= match.start + LENGTH - LEAD):
            within[matches[behind].clause] += 1
            behind += 1
        score = (len(within), behind - at)
        if score > most:
            best, most = at, score
        within[match.clause] -= 1
        if not within[match.clause]:
            del within[match.clause]
    return matches[best]


def _begin(text: str, at: int, before: int) -> int:
    """Behind a space, if one is near; else where a letter begins."""
    if at == 0:
        return 0
    for place in range(at, min(at + CUT, before)):
        if text[place - 1].isspace():
            return place
    return _whole(text, at, before)


def _end(text: str, at: int, after: int) -> int:
    at = max(at, after)
    if at >= len(text):
        return len(text)
    for place in range(at, max(at - CUT, after - 1), -1):
        if text[place].isspace():
            return place
    return _whole(text, at, len(text))


def _whole(text: str, at: int, most: int) -> int:
    """The next place at which a cut parts no letter from its marks and no emoji; near, whatever the text is."""
    for place in range(at, min(at + CUT, most)):
        if not continues(text, place) and not _in_flag(text, place):
            return place
    return min(at + CUT, most)


def _in_flag(text: str, at: int) -> bool:
    """Flags are pairs of letters of their own, told from each other only by counting from the first."""
    if not _FLAG.match(text, at):
        return False
    first = at
    while first > 0 and at - first < LENGTH and _FLAG.match(text, first - 1):
        first -= 1
    return (at - first) % 2 == 1


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap or touch are one, as are the pairs of a script without spaces."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _HIDDEN
