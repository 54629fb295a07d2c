"""What the typesetter is asked for, beside what is recorded."""

from functions.generate_pdf import data
from functions.generate_pdf.contract import Item
from functions.generate_pdf.long_words import breakable
from functions.generate_pdf.request import request
from tests.unit.generate_pdf.samples import CREATED, analysis, document, table

LONG = "x" * 200


def test_a_very_long_word_may_be_broken_wherever_it_stands() -> None:
    told = analysis(summary=LONG, key_points=[LONG], keywords=[{"word": LONG, "weight": 1}], model=LONG)
    report = request("report", data.report(document(LONG, name=LONG), told, CREATED))
    invoice = request("table", data.table(table(Item(what=LONG, price=1), title=LONG, number=LONG, seller=(LONG,))))
    assert (report["template"], invoice["template"]) == ("report", "table")
    assert breakable(LONG) in {report["data"][name] for name in ("title", "name", "summary")}
    assert LONG[:30] not in str(report) + str(invoice)


def test_the_words_that_are_recorded_are_plain() -> None:
    """The mail and whoever else reads the record takes them as they are."""
    given = data.report(document(LONG, name=LONG), analysis(summary=LONG, key_points=[LONG]), CREATED)
    assert (given["title"], given["name"], given["summary"], given["points"]) == (LONG, LONG, LONG, [LONG])


def test_what_needs_no_breaking_is_asked_for_as_it_is() -> None:
    given = data.table(table())
    assert request("table", given) == {"template": "table", "data": given}
