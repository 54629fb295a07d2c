"""A text in parts, and one analysis of theirs."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.analyze_document.analysis import Analysis, Keyword
from functions.analyze_document.asking import MOST_PARTS, SIZE, SMALLEST, Progress
from functions.analyze_document.parts import BETWEEN, Finding, beginning, finding, merged, notes, split

WEIGHTS = {"a": 1, "é": 1, "ж": 2, "λ": 2, "ع": 2, "ש": 2, "文": 4, "한": 4, "अ": 4, "🙂": 4}


def weight(text: str) -> int:
    return sum(4 if character > "\u08ff" else 2 if character > "\u036f" else 1 for character in text)


def found(text: str, language: str = "en", keywords: Mapping[str, float] | None = None) -> Finding:
    words = tuple(Keyword(word=word, weight=weight) for word, weight in (keywords or {}).items())
    return Finding(characters=len(text), summary=text, keywords=words, language=language)


def analysis(**changed: Any) -> Analysis:
    fields = {"summary": "All.", "key_points": (), "keywords": (), "language": "fr", "category": "manual"}
    return Analysis.model_validate(fields | changed)


@given(st.text(st.sampled_from("ab文жé \n.。🙂"), max_size=300), st.integers(1, 60))
def test_the_parts_are_the_text_and_none_is_empty_or_too_heavy(text: str, most: int) -> None:
    parts = split(text, most)
    assert "".join(parts) == text
    assert all(parts)
    assert all(weight(part) <= most or len(part) == 1 for part in parts)


def test_a_character_weighs_what_it_costs_in_tokens() -> None:
    least = {one: next(most for most in range(9) if beginning(one, most) == one) for one in WEIGHTS}
    assert least == WEIGHTS


def test_a_text_that_fits_is_one_part_and_no_text_is_none() -> None:
    assert split("word " * 10, 50) == ("word " * 10,)
    assert split("", 50) == ()


def test_a_text_is_parted_between_paragraphs_before_all_else() -> None:
    """Then between lines, sentences and words; in the middle of a word only where there is nothing else."""
    pairs = {
        "One. Two.\n\nThree. Four.\nFive six.": "One. Two.\n\n",
        "One. Two three.\nFour five. Six seven.": "One. Two three.\n",
        "One two, three. Four five six seven.": "One two, three. ",
        "One two three four five six seven": "One two three ",
        "文章はここで。終わりではない": "文章はここで。",
        "x" * 30: "x" * 16,
    }
    for text, first in pairs.items():
        assert split(text, weight(text) - 1)[0] == first


def test_no_part_is_a_scrap() -> None:
    """The last two share what is left, so that none is too short to say anything of."""
    words = "word " * 100
    assert [len(part) for part in split(words, 480)] == [250, 250]


def test_a_million_characters_are_split_in_one_pass() -> None:
    parts = split("Some words of a sentence. " * 40_000, SIZE)
    assert len(parts) == 44
    assert min(map(len, parts)) > SIZE // 2


def test_a_beginning_is_no_heavier_than_it_may_be() -> None:
    assert (beginning("文文文", 8), beginning("文文文", 11), beginning("abc", 100), beginning("abc", 0)) == (
        "文文",
        "文文",
        "abc",
        "",
    )


def test_what_is_kept_of_a_part_is_small_enough_for_one_call_about_all() -> None:
    one = analysis(summary="語" * 1500, key_points=tuple(map(str, range(8))))
    kept = [finding(one, "part", SIZE // MOST_PARTS - len(BETWEEN))] * MOST_PARTS
    assert weight(notes(kept)) <= SIZE


def test_a_cursor_is_bounded() -> None:
    """As many parts as there may be, each with all that may be said of one."""
    words = tuple(Keyword(word=f"{place:02}" + "語" * 58, weight=0.1234) for place in range(15))
    one = finding(analysis(summary="語" * 1500, keywords=words, language="zho"), "語" * 6000, SMALLEST // MOST_PARTS)
    cursor = Progress(key="texts/d/r.txt", size=SMALLEST, parts=MOST_PARTS, findings=(one,) * MOST_PARTS)
    assert len(json.dumps(cursor.model_dump(mode="json"), ensure_ascii=False)) < 100_000


def test_keywords_are_merged_by_what_they_weigh_in_all_parts() -> None:
    """A word counts by its weight and by how long the part is that it weighs in; spellings of it are one word."""
    long = found("x" * 900, keywords={"Mill": 0.5, "river": 0.2})
    short = found("x" * 100, keywords={"mill": 0.9, "stone": 1.0})
    words = merged([long, short], analysis()).keywords
    assert [(keyword.word, keyword.weight) for keyword in words] == [
        ("mill", 1.0),
        ("river", round(180 / 540, 4)),
        ("stone", round(100 / 540, 4)),
    ]


def test_only_the_heaviest_keywords_stay() -> None:
    many = [found("text", keywords={f"{part}-{place}": place / 20 for place in range(15)}) for part in range(3)]
    words = merged(many, analysis()).keywords
    assert len(words) == 15
    assert {keyword.word.split("-")[1] for keyword in words} == {"10", "11", "12", "13", "14"}


def test_the_language_is_that_of_most_characters() -> None:
    parts = [found("x" * 10, "de"), found("x" * 6, "en"), found("x" * 5, "en"), found("x" * 99, "und")]
    assert merged(parts, analysis()).language == "en"
    assert merged([found("x", "und")], analysis()).language == "und"


def test_summary_key_points_and_category_are_those_of_the_notes() -> None:
    whole = analysis(summary="Of all.", key_points=("One.", "Two."), category="report")
    made = merged([found("one"), found("two")], whole)
    assert (made.summary, made.key_points, made.category) == ("Of all.", ("One.", "Two."), "report")
    assert notes([found("one"), found("two")]) == "one\n\ntwo"
