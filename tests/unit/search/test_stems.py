"""A word finds the forms that its language bends it to, and no word of another language."""

import pytest

from shared.search.analyzer import terms
from shared.search.stems import possible_stems, stems


@pytest.mark.parametrize(
    ("asked", "stands", "language"),
    [
        ("run", "running", "en"),
        ("Haus", "Häuser", "de"),
        ("bibliothèque", "bibliothèques", "fr"),
        ("kirjasto", "kirjastot", "fi"),
        ("bibliotek", "biblioteker", "nb"),
        ("красная", "красный", "ru"),
        ("βιβλιοθήκη", "βιβλιοθήκης", "el"),
        ("कहानी", "कहानियाँ", "hi"),
        ("كتاب", "والكتاب", "ar"),
        ("مكتبة", "المكتبة", "ar"),
    ],
)
def test_a_word_finds_its_other_forms(asked: str, stands: str, language: str) -> None:
    assert set(stems(terms(stands), language)) <= set(possible_stems(terms(asked)[0]))


def test_languages_are_kept_apart() -> None:
    assert set(stems(["mill"], "en")).isdisjoint(stems(["mill"], "de"))


@pytest.mark.parametrize("language", ["und", "ja", "", "xx"])
def test_a_language_without_a_stemmer_has_none(language: str) -> None:
    assert not list(stems(["running"], language))


@pytest.mark.parametrize("term", ["", "2026", "m2", "水車", "שלום"])
def test_what_no_language_bends_has_no_stem(term: str) -> None:
    assert possible_stems(term) == ()
