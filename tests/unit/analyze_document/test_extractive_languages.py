"""The language of a text, and its words, in each script."""

import pytest

from functions.analyze_document.extractive import analyse
from functions.analyze_document.extractive.language import language_of
from tests.unit.analyze_document.texts import TEXTS

LIBRARY = {
    "en": "library",
    "de": "Bibliothek",
    "ru": "библиотеки",
    "el": "βιβλιοθήκης",
    "he": "הספרייה",
    "ar": "المكتبة",
    "ja": "図書館",
    "zh": "图书馆",
    "ko": "도서관",
    "hi": "पुस्तकालय",
}


@pytest.mark.parametrize("tag", TEXTS)
def test_a_few_sentences_tell_their_language(tag: str) -> None:
    assert language_of(TEXTS[tag]) == tag.partition("-")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 345,67 | 89 | 1.2.2026",
        "Hm.",
        "Lorem ipsum dolor sit amet, sed do eiusmod ut labore et dolore magna aliqua. Ut enim ad minim veniam.",
        "Det er en fin dag, og jeg har det godt. Vi kan se en by og en elv.",  # Danish as well as Norwegian
        "Zorp blick fendle marn, quist hobbet yarrow plim. Drass tovel munk.",
        " ".join((TEXTS["ru"], TEXTS["el"], TEXTS["en"])),
    ],
)
def test_where_the_language_is_not_clear_none_is_named(text: str) -> None:
    assert language_of(text) == "und"


def test_a_quotation_does_not_change_the_language() -> None:
    assert language_of(f"{TEXTS['en']} {TEXTS['en']} She said: {TEXTS['fr'][:60]}") == "en"


@pytest.mark.parametrize("tag", LIBRARY)
def test_what_a_text_is_about_is_among_its_keywords(tag: str) -> None:
    words = [keyword.word for keyword in analyse(TEXTS[tag]).keywords]
    assert any(LIBRARY[tag] in word for word in words[:6])


@pytest.mark.parametrize("tag", TEXTS)
def test_no_script_is_left_without_a_summary(tag: str) -> None:
    made = analyse(TEXTS[tag])
    assert made.summary[:12] in TEXTS[tag]
    assert made.keywords
    assert made.keywords[0].weight == 1
