"""What the forms of a word have in common, by its language: Snowball's stemmers (https://snowballstem.org).

    stems(["running"], "en")     en|run          of a document, whose language is known
    possible_stems("running")    en|run, de|running, fr|running, ..

A stem carries its language, so that a word of one language never finds another's by accident. A query's language is
not known: it asks for the stems in each language that is written in its script.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

import Stemmer

from shared.search.analyzer import is_dense
from shared.search.scripts import Script, script_of

LATIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "da": "danish",
        "de": "german",
        "en": "english",
        "es": "spanish",
        "fi": "finnish",
        "fr": "french",
        "hu": "hungarian",
        "it": "italian",
        "nl": "dutch",
        "no": "norwegian",
        "pt": "portuguese",
        "ro": "romanian",
        "sv": "swedish",
        "tr": "turkish",
    }
)
OTHERS: Final[Mapping[str, str]] = MappingProxyType({"ar": "arabic", "el": "greek", "hi": "hindi", "ru": "russian"})
ALIKE: Final[Mapping[str, str]] = MappingProxyType({"nb": "no", "nn": "no"})
BETWEEN: Final = "|"
"""No term has one."""
_ARTICLE: Final = re.compile("^[\u0648\u0641\u0628\u0643]?\u0627\u0644(?=.{3})")
"""The Arabic al-, and what may stand before it: with it, the stemmer leaves endings on that it takes off without."""
_BY_SCRIPT: Final[Mapping[Script | None, Iterable[str]]] = MappingProxyType(
    {
        Script.LATIN: tuple(LATIN),
        Script.ARABIC: ("ar",),
        Script.CYRILLIC: ("ru",),
        Script.DEVANAGARI: ("hi",),
        Script.GREEK: ("el",),
    }
)


def stems(terms: Iterable[str], language: str) -> Iterator[str]:
    """Of words of that language (BCP 47's primary tag); nothing where there is no stemmer for it."""
    known = ALIKE.get(language, language)
    if known in LATIN or known in OTHERS:
        for term in terms:
            if not is_dense(term):
                yield stem(term, known)


@lru_cache(maxsize=32_768)
def stem(term: str, language: str) -> str:
    bare = _ARTICLE.sub("", term) if language == "ar" else term
    return f"{language}{BETWEEN}{_stemmer(language).stemWord(bare)}"


def possible_stems(term: str) -> tuple[str, ...]:
    """In every language that is written so; nothing for numbers and scripts without spaces."""
    if not term or is_dense(term) or any(map(str.isdigit, term)):
        return ()
    return tuple(stem(term, language) for language in _BY_SCRIPT.get(script_of(term[0]), ()))


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer({**LATIN, **OTHERS}[language], 0)
