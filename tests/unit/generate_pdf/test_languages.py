"""What a language means for a page, and the templates' own words in each."""

import string

import pytest

from functions.generate_pdf.languages import name, setting
from functions.generate_pdf.words import FOLDER, words

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.mark.parametrize(
    ("tag", "text", "family"),
    [
        ("ja", "", "JP"),
        ("ko", "", "KR"),
        ("zh", "", "SC"),
        ("zh-CN", "", "SC"),
        ("zh-Hant", "", "TC"),
        ("zh_TW", "", "TC"),
        ("zh", "這個國家的水車", "TC"),
        ("zh", "这个国家的水车", "SC"),
        ("zh-Hans", "這個國家的水車", "SC"),
        ("en", "the word 水車", "SC"),
        ("en", "the word みずぐるま", "JP"),
        ("de", "das Wort 물레방아", "KR"),
    ],
)
def test_chinese_characters_are_drawn_as_the_language_draws_them(tag: str, text: str, family: str) -> None:
    assert setting(tag, text).family == f"Noto Sans CJK {family}"


@pytest.mark.parametrize(("tag", "turned"), [("ar", True), ("he", True), ("fa", True), ("en", False), ("und", False)])
def test_the_direction_is_the_languages(tag: str, turned: bool) -> None:
    assert setting(tag).right_to_left is turned


@pytest.mark.parametrize("tag", ["und", "", "x", "english", "../../etc", "EN-us"])
def test_what_is_no_language_is_set_as_english(tag: str) -> None:
    assert setting(tag).language == "en"


def test_a_language_is_called_as_its_speakers_do() -> None:
    assert [name(tag) for tag in ("el", "zh-Hant", "xx", "und")] == ["Ελληνικά", "中文", "xx", None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_its_blanks(language: str) -> None:
    primary, _, traditional = language.partition("-")
    found, english = words(primary, traditional=bool(traditional)), words("en")
    assert found.keys() == english.keys()
    assert all(found.values())
    for key in english:
        assert blanks(found[key]) == blanks(english[key]), key
    assert language == "en" or found != english


def blanks(text: str) -> list[str | None]:
    return [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]


@pytest.mark.parametrize("language", ["xx", "../en", "en.json", ""])
def test_any_other_language_gets_english_words(language: str) -> None:
    assert words(language) == words("en")
