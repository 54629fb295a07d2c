"""What the templates are given."""

import json
from decimal import Decimal
from typing import Any

import pytest

from functions.generate_pdf import data
from functions.generate_pdf.contract import Item
from tests.unit.generate_pdf.samples import CREATED, SHA256, analysis, document, table


def shown(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in rows}


def test_a_report_shows_the_document_and_its_analysis() -> None:
    given = data.report(document(), analysis(), CREATED)
    assert (given["title"], given["date"], given["category"], given["language"]) == (
        "Review of the mills",
        "2026-11-30",
        "Report",
        "English",
    )
    assert shown(given["particulars"]) == {
        "File name": "review.pdf",
        "Type": "PDF",
        "Size": "1.2 MB",
        "SHA-256": SHA256,
        "Uploaded": "2026-11-24 03:15 UTC",
        "Analysed": "2026-11-24 03:16 UTC",
        "Analysis": "Written from the document's text by a language model (bedrock/some-model).",
    }


def test_a_degraded_analysis_says_in_plain_words_that_no_model_made_it() -> None:
    given = data.report(document(), analysis(degraded=True, model="extractive"), CREATED)
    assert given["method"] == "Made of the document's own sentences, without a language model."


def test_keywords_run_from_the_heaviest_and_are_told_in_words_too() -> None:
    keywords = [{"word": "{b}", "weight": 0.1}, {"word": "a", "weight": 0.999}]
    given = data.report(document(), analysis(keywords=keywords), CREATED)
    assert [(bar["word"], bar["weight"]) for bar in given["keywords"]] == [("a", 100), ("{b}", 10)]
    assert given["alt"] == "Bar chart of the keywords and their weights: a 100, {b} 10."


@pytest.mark.parametrize("title", ["\u202e", "\x01", "\u2028 \u2066", "\u200b \u200b"])
def test_a_title_of_invisible_marks_is_a_dash(title: str) -> None:
    assert data.report(document(title), analysis(), CREATED)["title"] == "\u2013"


def test_a_table_shows_its_figures_as_they_were_reckoned() -> None:
    items = (
        Item(what="Oak board", quantity=Decimal("3.0"), price=Decimal("1200.1250")),
        Item(what="Discount", price=Decimal("-0.5")),
    )
    given = data.table(table(*items, language="de"))
    assert [(one["quantity"], one["price"], one["amount"]) for one in given["items"]] == [
        ("3", "1.200,125", "3.600,38"),
        ("1", "\u22120,50", "\u22120,50"),
    ]
    assert shown(given["sums"]) == {"Zwischensumme": "3.599,88", "Steuer (19%)": "683,98"}
    assert given["total"] == "4.283,86 EUR"


def test_a_table_without_a_due_date_shows_none() -> None:
    assert "Due" not in shown(data.table(table(due=None))["particulars"])


def test_the_same_makes_the_same_json() -> None:
    first, second = (data.report(document(), analysis(), CREATED) for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_250_000, "1.3 MB"), (104_857_600, "105 MB")]
)
def test_a_size_is_said_in_thousands(count: int, said: str) -> None:
    assert data.size(count, "en") == said
