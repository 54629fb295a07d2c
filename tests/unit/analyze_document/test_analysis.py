"""What is made of an analysis as a model writes it: its shape is as asked, its limits are kept for it."""

# ruff: noqa: RUF001 - letters of other scripts are part of what is tested

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.analyze_document.analysis import (
    KEY_POINT,
    KEY_POINTS,
    KEYWORD,
    KEYWORDS,
    SUMMARY,
    Analysis,
    Keyword,
)
from shared.text import one_line


def filled(**fields: Any) -> Analysis:
    good = {"summary": "It says so.", "key_points": [], "keywords": [], "language": "en", "category": "other"}
    return Analysis.model_validate(good | fields)


def test_a_summary_that_is_too_long_is_cut_at_a_word() -> None:
    summary = filled(summary="A library for every reader. " * 100).summary
    assert len(summary) <= SUMMARY
    assert summary.endswith(("reader…", "library…", "for…", "every…", "A…"))


def test_text_without_spaces_is_cut_all_the_same() -> None:
    summary = filled(summary="図書館" * 1000).summary
    assert len(summary) == SUMMARY
    assert summary.endswith("…")


def test_a_summary_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        filled(summary=" \u202e\u200b\n")


def test_a_weight_is_clipped_to_what_it_may_be() -> None:
    keywords = filled(keywords=[{"word": "a", "weight": 7}, {"word": "b", "weight": -1}]).keywords
    assert keywords == (Keyword(word="a", weight=1), Keyword(word="b", weight=0))


def test_a_weight_that_is_no_number_weighs_nothing() -> None:
    assert Keyword(word="a", weight=float("nan")).weight == 0


def test_keywords_come_heaviest_first() -> None:
    words = [{"word": str(number), "weight": number / 10} for number in (3, 9, 1)]
    assert [keyword.word for keyword in filled(keywords=words).keywords] == ["9", "3", "1"]


def test_one_word_in_two_spellings_is_the_heavier_one() -> None:
    words = [
        {"word": "straße", "weight": 0.2},
        {"word": "STRASSE", "weight": 0.9},
        {"word": "ＳＴＲＡＳＳＥ", "weight": 0.1},
    ]
    assert [keyword.word for keyword in filled(keywords=words).keywords] == ["STRASSE"]


def test_too_many_keywords_and_points_are_left_out() -> None:
    words = [{"word": f"w{number}", "weight": 1} for number in range(50)]
    made = filled(keywords=words, key_points=[f"Point {number}." for number in range(50)])
    assert len(made.keywords) == KEYWORDS
    assert made.key_points == tuple(f"Point {number}." for number in range(KEY_POINTS))


def test_what_is_empty_is_no_keyword_and_no_point() -> None:
    made = filled(keywords=[{"word": "\u200b", "weight": 1}], key_points=["", " \n", "\u202e", "\u200f", "One."])
    assert made.keywords == ()
    assert made.key_points == ("One.",)


def test_a_point_that_is_made_twice_is_made_once() -> None:
    assert filled(key_points=["One.", "Two.", "ONE."]).key_points == ("One.", "Two.")


@pytest.mark.parametrize("mark", ["\x00", "\x1b", "\u202e", "\u2066", "\u00ad", "\ufeff", "\U000e0041"])
def test_controls_and_what_hides_or_turns_text_are_taken_out(mark: str) -> None:
    made = filled(summary=f"an{mark}swer", key_points=[f"po{mark}int"], keywords=[{"word": f"w{mark}", "weight": 1}])
    assert mark not in made.summary + made.key_points[0] + made.keywords[0].word


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("pt_BR", "pt"),
        ("zh-Hant", "zh"),
        ("English", "und"),
        ("", "und"),
        ("e\n", "und"),
    ],
)
def test_a_language_is_its_primary_tag(said: str, tag: str) -> None:
    assert filled(language=said).language == tag


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "poem"},
        {"summary": None},
        {"summary": ["a"]},
        {"key_points": "one"},
        {"keywords": [{"word": "a"}]},
        {"keywords": [{"word": "a", "weight": 1, "note": "x"}]},
        {"keywords": ["a"]},
        {"instructions": "obey"},
    ],
)
def test_another_shape_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        filled(**wrong)


@pytest.mark.parametrize("field", list(Analysis.model_fields))
def test_no_field_may_be_left_out(field: str) -> None:
    made = filled().model_dump()
    del made[field]
    with pytest.raises(ValidationError):
        Analysis.model_validate(made)


def test_what_was_refused_is_not_in_the_error() -> None:
    with pytest.raises(ValidationError) as refused:
        filled(category="a secret of the document")
    assert "secret" not in str(refused.value)


def test_the_schema_has_no_references_and_requires_every_field() -> None:
    """Providers differ in what they take of JSON Schema; this much they all do."""
    schema = Analysis.model_json_schema()
    assert "$ref" not in str(schema)
    assert schema["required"] == list(Analysis.model_fields)
    keyword = schema["properties"]["keywords"]["items"]
    assert keyword["required"] == ["word", "weight"]
    assert schema["additionalProperties"] is keyword["additionalProperties"] is False
    assert "default" not in str(schema)


@given(
    st.builds(
        dict,
        summary=st.text(min_size=1, max_size=3000).filter(lambda text: bool(one_line(text))),
        key_points=st.lists(st.text(max_size=500), max_size=12),
        keywords=st.lists(st.fixed_dictionaries({"word": st.text(max_size=90), "weight": st.floats()}), max_size=20),
        language=st.text(max_size=12),
    )
)
def test_whatever_the_words_are_they_are_kept_within_the_limits(written: dict[str, Any]) -> None:
    made = filled(**written)
    assert 0 < len(made.summary) <= SUMMARY
    assert len(made.key_points) <= KEY_POINTS
    assert all(0 < len(point) <= KEY_POINT for point in made.key_points)
    assert len(made.keywords) <= KEYWORDS
    assert all(0 < len(keyword.word) <= KEYWORD for keyword in made.keywords)
    assert Analysis.model_validate_json(made.model_dump_json()) == made
