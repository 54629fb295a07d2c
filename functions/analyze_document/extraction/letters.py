"""Which letters beyond ASCII each language is written with: what tells one encoding of eight bits from another.

A byte is some letter in nearly every such encoding; only in the right one are they letters of the text's language.
"""

# ruff: noqa: RUF001 - letters of other scripts look like Latin ones to it

from typing import Final

_CYRILLIC: Final = "абвгдежзийклмнопрстуфхцчшщьюя"
_ARABIC: Final = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْـ"

LETTERS: Final = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "it": "àèéìíîòóù",
    "pt": "áâãàçéêíóôõúü",
    "nl": "áéèëïíóöü",
    "sv": "åäöé",
    "da": "æøåé",
    "nb": "æøåéò",
    "fi": "äöå",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "ro": "ăâîșțşţ",
    "tr": "çğıöşüâîûi̇",
    "hu": "áéíóöőúüű",
    "id": "é",
    "en": "éèïöçñ",
    "ru": _CYRILLIC + "ёъыэ",
    "uk": _CYRILLIC + "ґєії",
    "bg": _CYRILLIC + "ъѝ",
    "el": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "he": "אבגדהוזחטיךכלםמןנסעףפץצקרשתְֱֲֳִֵֶַָֹּ",
    "ar": _ARABIC,
    "fa": _ARABIC + "پچژگیک\u200c",
    "ur": _ARABIC + "پچژگیکٹڈڑےںھہۓۃ",
}
_SIGNS: Final = "\u00a0«»‹›„“”‚‘’–—…·•§°№€£©®™½¿¡²³ªº،؛؟۔\u200e\u200f"

EXPECTED: Final = {language: frozenset(letters + _SIGNS) for language, letters in LETTERS.items()}


def fit(text: str, language: str) -> float:
    """The share of characters beyond ASCII that are expected in the language: 0 for one that is not known here."""
    beyond = [character for character in text.lower() if not character.isascii()]
    expected = EXPECTED.get(language, frozenset())
    return sum(character in expected for character in beyond) / max(1, len(beyond))
