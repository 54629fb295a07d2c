"""The analysis that needs no model: from the text alone, the same every time, and in bounded time."""

# ruff: noqa: RUF001 - letters of other scripts are part of what is tested

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.analyze_document.analysis import Category
from functions.analyze_document.extractive import analyse
from functions.analyze_document.extractive.sample import MOST, sample
from functions.analyze_document.extractive.sentences import sentences
from tests.unit.analyze_document.texts import TEXTS

REPORT = """Annual report

The harbour handled more ships this year than in any year before. Containers made up most of the harbour's revenue.
Fishing boats paid less than last year, because the fishing season was short.

- New cranes were bought for the northern quay.
- The harbour office moved.

Results of the first quarter were poor. Storms kept the harbour closed for eleven days in February. In the second
quarter the ships came back, and containers waited at the quay for only two days. The harbour plans a third quay.
"""


def test_a_summary_is_made_of_sentences_of_the_document_in_its_order() -> None:
    text = " ".join(REPORT.split())
    found = sentences(analyse(REPORT).summary, "en")
    places = [text.find(sentence) for sentence in found]
    assert len(places) > 1
    assert -1 not in places
    assert places == sorted(places)


def test_key_points_say_what_the_summary_does_not() -> None:
    made = analyse(REPORT)
    assert made.key_points
    assert not any(point in made.summary for point in made.key_points)


def test_what_stands_on_every_page_takes_no_ones_place() -> None:
    header = "The harbour, the ships and the containers of the northern quay.\n\n"
    made = analyse(header * 200 + REPORT)
    assert made.summary.count("northern quay") <= 1
    assert len(sentences(made.summary, "en")) + len(made.key_points) > 4


def test_rows_of_a_table_run_together_are_no_sentence() -> None:
    rows = (
        "Northern quay of the harbour 1.5 m 20 to 35 % ships and containers of this year at the harbour\n"
        "Southern quay of the harbour 2.5 m 75 to 85 % ships and fishing boats of last year at the harbour."
    )
    made = analyse(f"{REPORT}\n{rows}\n")
    assert "35 %" not in " ".join([made.summary, *made.key_points])


def test_a_sentence_that_lost_its_beginning_to_a_formula_gives_way_to_whole_ones() -> None:
    broken = "where boats is the harbour, quay the northern quay, ships and containers its revenue."
    made = analyse(f"{REPORT}\n\n{broken}")
    assert broken not in made.summary


def test_words_that_come_often_are_keywords_and_small_words_are_not() -> None:
    words = [keyword.word.lower() for keyword in analyse(REPORT).keywords]
    assert words[0] == "harbour"
    assert {"containers", "ships"} <= set(words)
    assert not {"the", "than", "because", "were"} & set(words)


def test_forms_of_one_word_are_one_keyword() -> None:
    words = [
        keyword.word for keyword in analyse("Reports matter. A report is read. Every report, all reports.").keywords
    ]
    assert len([word for word in words if word.lower().startswith("report")]) == 1


def test_equal_texts_have_equal_analyses() -> None:
    assert analyse(REPORT) == analyse(REPORT)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\u202e"])
def test_a_text_that_says_nothing_has_an_analysis_that_says_so(text: str) -> None:
    made = analyse(text)
    assert made.summary == "…"
    assert not made.keywords
    assert not made.key_points
    assert made.language == "und"


def test_a_list_of_figures_is_summed_up_by_its_beginning() -> None:
    assert analyse("2024;17,5;18\n2025;19,1;20\n").summary.startswith("2024;17,5;18")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (REPORT, "report"),
        ("Invoice no. 17\nBill to: A. Smith\nQuantity 3\nSubtotal 30.00\nVAT 6.00\nAmount due: 36.00 EUR", "invoice"),
        ("Dear Ms Jones,\nthank you for your visit.\nKind regards,\nA. Smith", "letter"),
        (
            "This agreement is made between the parties. Governing law: Ireland. Termination by either party.",
            "contract",
        ),
        ("User guide\nInstallation: click on Settings. Warning: keep it dry. Troubleshooting: see below.", "manual"),
        ("Rechnung\nRechnungsnummer 4\nMwSt 19 %\nzahlbar bis 1. Mai", "invoice"),
        ("契約書\n甲と乙は次のとおり契約する。", "contract"),
        ("Договор\nСтороны пришли к соглашению. Исполнитель обязуется.", "contract"),
        ("- milk\n- bread\n- call Ann\n- pay the rent", "notes"),
        ("Some words.", "other"),
    ],
)
def test_a_kind_of_document_is_known_by_its_words(text: str, category: Category) -> None:
    assert analyse(text).category == category


@pytest.mark.parametrize(
    ("text", "language", "split"),
    [
        ("Dr. Smith came at 3.15 p.m. with Mr. J. Brown. He left.", "en", 2),
        ("Das ist z. B. so. Und das auch!", "de", 2),
        ("これは文です。これも文です！本当？はい。", "ja", 4),
        ("هل جاء؟ نعم، جاء.", "ar", 2),
        ("यह वाक्य है। यह भी है।", "hi", 2),
        ("Τι είναι αυτό; Είναι ένα βιβλίο.", "el", 2),
        ("“Stop!” she said. “Now?”", "en", 2),
        ("A heading\n\nA sentence that is broken over two lines because the page is\nnot wide enough for it.", "en", 2),
        ("- one\n- two\n3. three", "en", 3),
        ("Wait... what? No!!! Yes.", "en", 3),
    ],
)
def test_a_text_is_split_where_its_sentences_end(text: str, language: str, split: int) -> None:
    assert len(sentences(text, language)) == split


def test_of_a_long_text_its_end_is_looked_at_too() -> None:
    looked_at = sample("beginning\n" + "middle\n" * MOST + "the very end")
    assert len(looked_at) <= MOST + 100
    assert looked_at.startswith("beginning")
    assert looked_at.endswith("the very end")


@pytest.mark.parametrize(
    "unit",
    [
        ".",
        "!?",
        ")",
        ".)",
        "a ",
        "a. ",
        "word",
        "文",
        "x\n",
        "\n",
        "- a\n",
        "e\u0301",
        ". ",
        "'a-",
        "กขค ",
        "A.B.",
        "<",
        "1 2 3 ",
    ],
)
def test_no_text_takes_more_than_linear_time(unit: str) -> None:
    """In the processor's time: a square law would take hours of it."""
    began = time.process_time()
    analyse(unit * (2 * MOST // len(unit)))
    assert time.process_time() - began < 20


@given(st.text(max_size=400) | st.lists(st.sampled_from(sorted(TEXTS.values())), max_size=4).map("\n".join))
def test_any_text_has_an_analysis(text: str) -> None:
    analyse(text)
