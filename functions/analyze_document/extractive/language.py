"""The language of a text: by its script, and by its small words where a script serves several languages.

Where that is not clear the answer is `und`: a wrong language does more harm than none.
"""

from collections import Counter
from typing import Final

from functions.analyze_document.analysis import UNKNOWN
from functions.analyze_document.extractive.function_words import BY_SCRIPT, WORDS
from functions.analyze_document.extractive.scripts import scripts_in
from functions.analyze_document.extractive.words import spaced_words
from shared.search.scripts import Script

LETTERS: Final = 12
"""A text with fewer could be in any language."""
_PER_WORD: Final = {Script.HAN: 3, Script.KANA: 2, Script.HANGUL: 2}
"""How many letters of an alphabet say as much as one of these."""
_SHARE: Final = 0.55
"""Of all letters, that the leading script has."""

LOOKED_AT: Final = 6_000
"""Words."""
_TELLING: Final = 0.12
"""The share of words that a language's function words have in any prose of it, at the least."""
_DISTINCT: Final = 3
"""How many different ones it takes: two may be chance, as in Latin or in a made-up text."""
_AHEAD: Final = 1.15
"""By which factor the best language leads the next."""
_KANA: Final = 0.08
"""The share of kana in Japanese, at the least; Chinese has none."""

_ONLY: Final = {"fa": "پچژگیک", "ur": "ٹڈڑےںھہ", "uk": "іїєґ", "ru": "ыэё"}
"""Letters that tell a language of a script from its neighbours."""

_SELDOM: Final = 0.003
"""The share of all characters from which on such letters are no chance (a name, a quotation)."""


def language_of(text: str) -> str:
    """BCP 47's primary tag."""
    found = scripts_in(text)
    said = Counter({script: letters * _PER_WORD.get(script, 1) for script, letters in found.items()})
    east = said[Script.HAN] + said[Script.KANA]
    if said.total() < LETTERS:
        return UNKNOWN
    if east > _SHARE * said.total():
        return "ja" if found[Script.KANA] > _KANA * (found[Script.HAN] + found[Script.KANA]) else "zh"
    script, letters = said.most_common(1)[0]
    if letters < _SHARE * said.total():
        return UNKNOWN
    if script is Script.THAI:
        return "th"
    return _by_words(text, script)


def _by_words(text: str, script: Script) -> str:
    words = Counter(spaced_words(text, most=LOOKED_AT))
    letters = Counter(text)
    scores = {tag: _score(tag, words, letters) for tag in BY_SCRIPT[script]}
    best, *others = sorted(scores, key=lambda tag: -scores[tag])
    if not others:  # a script of one language, as far as is known here
        return best if scores[best] or script is not Script.DEVANAGARI else UNKNOWN
    if scores[best] < _TELLING or scores[best] < _AHEAD * scores[others[0]]:
        return UNKNOWN
    return best


def speaks(text: str, tag: str) -> bool:
    """Whether the small words of a text that is said to be in a language are that language's."""
    return _score(tag, Counter(spaced_words(text, most=LOOKED_AT)), Counter()) >= _TELLING / 2


def _score(tag: str, words: Counter[str], letters: Counter[str]) -> float:
    """The share of function words; letters that only this language has count as well."""
    small = words.keys() & WORDS.get(tag, frozenset())
    if len(small) < _DISTINCT:
        return 0
    said = sum(words[word] for word in small) / words.total()
    only = sum(letters[letter] for letter in _ONLY.get(tag, ""))
    return said * (1.5 if only > _SELDOM * letters.total() else 1)
