"""Cuts text into the terms that it is found by: the same for what is indexed, for what is asked, and for snippets.

    Running, Café        running, cafe            case and the marks of Latin, Greek, Cyrillic do not count
    水車小屋              水車 車小 小屋 屋          no spaces: pairs of neighbours, and the last character alone
    الكِتَابُ              الكتاب                   without vowel marks; letters that are written in several ways are one
    wi-fi, 3.14          wi fi, 3 14
    २०२६, ½              2026, 1 2                 digits of every script are the same

Engines index `joined` and split it at its spaces, so that they agree on what a word is whatever they think of language.
A term is of letters, digits and marks alone; `Token` says where in the original text it stands.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

from shared.search.scripts import DENSE, PLAIN, continues

LONGEST: Final = 64
"""Characters of a term; the rest of a longer one is not indexed."""
_READ: Final = 4 * LONGEST
"""Characters of a word that are normalised: more than its marks and ligatures need."""


class Token(NamedTuple):
    """A term and where it stands: [start, end) in characters of the original text; pairs of neighbours overlap."""

    term: str
    start: int
    end: int


_ASCII: Final = re.compile(r"[A-Za-z0-9]+")
_MARKS: Final = "".join(chr(code) for code in range(0x0300, 0x3100) if unicodedata.category(chr(code)).startswith("M"))
"""Inside words: `\\w` leaves them out."""
_WORD: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}]|[\u00ad\u200c\u200d\u2060](?=\w))*")
_RUN: Final = re.compile(rf"[{DENSE}]+|[^{DENSE}]+")
_DENSE: Final = re.compile(rf"[{DENSE}]")
_PLAIN: Final = re.compile(rf"[{PLAIN}]+")

_ALIKE: Final = str.maketrans(
    {
        "\u0671": "\u0627",  # alef with a wasla
        "\u0649": "\u064a", "\u06cc": "\u064a",  # alef maqsura and the Persian yeh: ya
        "\u0629": "\u0647",  # ta marbuta: ha
        "\u06a9": "\u0643",  # keheh: kaf
        "\u0640": None,  # tatweel only stretches
        "\u0131": "i", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0127": "h",  # marks that Unicode does not part
        "\u00e6": "ae", "\u0153": "oe",
    }
)  # fmt: skip
_LEFT_OUT: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"  # over Latin, Greek, Cyrillic
    "\u0591-\u05c7"  # Hebrew's points
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff"  # Arabic's vowels
    "\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f]"  # hyphens that may be, joiners, variants
)
"""What people leave out. The vowel marks of India's scripts are letters to their readers, and stay."""


def tokens(text: str) -> Iterator[Token]:
    """What a text is found by and where each term stands, in the order of the text."""
    for found in words(text):
        yield from tokens_of(found[0], found.start())


def words(text: str) -> Iterator[re.Match[str]]:
    """What `tokens_of` makes tokens of: runs of letters, digits and marks."""
    return (_ASCII if text.isascii() else _WORD).finditer(text)


def tokens_of(word: str, at: int) -> Iterator[Token]:
    """The tokens of one word, which stands at that place of its text."""
    if is_spaced(word):
        for term in _folded(word[:_READ]):
            yield Token(term, at, at + len(word))
        return
    for run in _RUN.finditer(word):
        start = at + run.start()
        if is_dense(run[0]):
            yield from _pairs(run[0], start)
        else:  # which may begin with marks of the letter before
            for found in _WORD.finditer(run[0]):
                for term in _folded(found[0][:_READ]):
                    yield Token(term, start + found.start(), start + found.end())


def terms(text: str) -> list[str]:
    """What a text is found by: the same as `tokens`, without the places."""
    if text.isascii():
        return [word[:LONGEST] for word in _ASCII.findall(text.lower())]
    if is_spaced(text):
        return list(chain.from_iterable([_folded(word[:_READ]) for word in _WORD.findall(text)]))
    return list(chain.from_iterable(map(_terms_of, _WORD.findall(text))))


def _terms_of(word: str) -> list[str]:
    """Like `tokens_of`, without the places: for what is indexed, where time counts."""
    if not _PLAIN.fullmatch(word):
        return [token.term for token in tokens_of(word, 0)]
    return [*map("".join, pairwise(word)), word[-1]]


def joined(text: str) -> str:
    """What an engine indexes: the terms, one space between them."""
    return " ".join(terms(text))


def is_single(term: str) -> bool:
    """Whether it is one letter, with its marks, of a script without spaces."""
    return is_dense(term) and len(_units(term)) == 1


def is_dense(term: str) -> bool:
    """Whether it is of a script without spaces."""
    return _DENSE.match(term) is not None


def is_spaced(word: str) -> bool:
    """Whether nothing in it is of a script without spaces."""
    return word.isascii() or _DENSE.search(word) is None


def as_units(word: str) -> str:
    """The letters of a script without spaces as they stand in terms: a term of the word is a part of this."""
    return unicodedata.normalize("NFKC", word).replace("\u0e4d\u0e32", "\u0e33").replace("\u0ecd\u0eb2", "\u0eb3")


def _pairs(run: str, at: int) -> Iterator[Token]:
    """Of letters with the marks that belong to them."""
    units = _units(run)
    for (term, start, _), (after, _, end) in pairwise(units):
        yield Token((term + after)[:LONGEST], at + start, at + end)
    if units:
        last, start, end = units[-1]
        yield Token(last[:LONGEST], at + start, at + end)


def _units(run: str) -> list[tuple[str, int, int]]:
    if _PLAIN.fullmatch(run):
        return [(letter, place, place + 1) for place, letter in enumerate(run)]
    starts = [place for place in range(len(run)) if place == 0 or not continues(run, place)]
    return [
        (letter, start, end)
        for start, end in pairwise([*starts, len(run)])
        for letter in _letters(run[start : min(end, start + _READ)])
    ]


@lru_cache(maxsize=4_096)
def _letters(unit: str) -> tuple[str, ...]:
    """Of one that Unicode writes as one: mostly itself. Nothing for marks alone."""
    plain = as_units(unit)
    if not plain[:1].isalnum():
        return ()
    starts = [place for place in range(len(plain)) if place == 0 or not continues(plain, place)]
    return tuple(plain[start:end] for start, end in pairwise([*starts, len(plain)]))


@lru_cache(maxsize=32_768)
def _folded(word: str) -> tuple[str, ...]:
    """All spellings of a word are one: a term, or several where a ligature is of several words, or none."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    # The short i is a letter of its own, on every Cyrillic keyboard, and endings are told by it.
    letters = unicodedata.normalize("NFD", plain).replace("\u0438\u0306", "\u0439")
    folded = unicodedata.normalize("NFC", _LEFT_OUT.sub("", letters).translate(_ALIKE))
    if not folded.isascii():
        folded = "".join([str(unicodedata.decimal(one)) if one.isdecimal() else one for one in folded])
    return tuple(term for found in _WORD.finditer(folded) for term in _again(found[0]))


def _again(folded: str) -> Iterator[str]:
    """Cut once more, where normalising has made letters of a script without spaces."""
    for run in _RUN.findall(folded):
        if is_dense(run):
            yield from (token.term for token in _pairs(run, 0))
        else:
            yield from (found[0][:LONGEST] for found in _WORD.finditer(run))
