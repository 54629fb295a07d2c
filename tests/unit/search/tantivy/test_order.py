"""What comes first."""

from dataclasses import replace
from pathlib import Path

from shared.search.model import Facet, Filters, Match
from tests.unit.search.tantivy.opened import asked, made, opened, order

MANY = 90
OTHERS = [made(f"other {number}", title="of no interest", text="a common word") for number in range(MANY)]


def test_fields_count_by_their_weight_even_if_few_documents_have_them(tmp_path: Path) -> None:
    empty = made("", title="of no interest")
    entries = [
        replace(empty, id="text", text="a mill here"),
        replace(empty, id="about", about="how a mill turns in the river"),
        replace(empty, id="tag", tags=("a mill",)),
        replace(empty, id="title", title="a mill here"),
    ]
    assert order(opened(tmp_path, [*OTHERS, *entries]), "mill") == ["title", "tag", "about", "text"]


def test_a_word_in_a_second_field_counts_a_little(tmp_path: Path) -> None:
    once, twice = made("once", title="a mill", text="race"), made("twice", title="a mill", text="mill")
    assert order(opened(tmp_path, [*OTHERS, once, twice]), "mill") == ["twice", "once"]


def test_the_exact_word_comes_before_its_stem_and_that_before_another_word(tmp_path: Path) -> None:
    entries = [
        made("typo", text="one rivers"),
        made("stem", text="one riveted", language="en"),
        made("exact", text="one riveting", language="en"),
    ]
    searcher = opened(tmp_path, [*OTHERS, *entries])
    assert order(searcher, "riveting") == ["exact", "stem"]
    assert order(searcher, "river", Match.CORRECTED) == ["typo"]


def test_the_less_a_word_is_mistyped_the_earlier_it_comes(tmp_path: Path) -> None:
    """Even in a field of less weight."""
    two = replace(made("two"), about="waterwhealz")
    entries = [two, made("one", text="waterwheeels"), made("none", text="waterwheels")]
    searcher = opened(tmp_path, [*OTHERS, *entries])
    assert order(searcher, "waterwheels", Match.CORRECTED) == ["none", "one", "two"]


def test_more_of_the_words_come_first_and_rare_ones_before_common_ones(tmp_path: Path) -> None:
    entries = [made("rare", text="mill here"), made("both", text="mill common")]
    found = order(opened(tmp_path, [*OTHERS, *entries]), "common mill", Match.ANY)
    assert found[:2] == ["both", "rare"]
    assert len(found) == MANY + 2


def test_equals_keep_their_order(tmp_path: Path) -> None:
    searcher = opened(tmp_path, OTHERS)
    first = asked(searcher, "common")
    assert asked(searcher, "common") == first
    assert len({hit.score for hit in first.hits}) == 1


def test_owner_and_filters_count_nothing(tmp_path: Path) -> None:
    """A beginning counts its field's weight, and that is all that is counted."""
    entries = [made("mine", text="mill"), *(replace(one, owner="eve") for one in OTHERS)]
    filters = Filters({Facet.TYPE: ("pdf",)}, since=0, until=1)
    [hit] = asked(opened(tmp_path, entries), "mil*", filters=filters).hits
    assert hit.score == 1
