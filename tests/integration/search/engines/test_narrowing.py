"""Filters, order and facets."""

import pytest

from shared.search.model import Facet, Filters, Match, Sort
from tests.integration.search.engines.library import NOON, Library, entry, only

DAY = 86_400_000
SHELF = (
    entry("a", type="pdf", tags=("red", "old mill"), language="en", category="letter", created_at=NOON, text="mill"),
    entry("b", type="pdf", tags=("red", "blue"), language="de", created_at=NOON + DAY, text="mill mill"),
    entry("c", type="docx", tags=("blue",), language="en", category="letter", created_at=NOON + 2 * DAY, title="mill"),
    entry("d", type="text", category="report", created_at=NOON + 3 * DAY, text="race"),
    entry("e", owner="eve", type="pdf", tags=("red",), language="en", category="letter", text="mill"),
)


@pytest.fixture
async def shelf(library: Library) -> Library:
    await library.hold(*SHELF)
    return library


async def test_values_of_a_facet_are_alternatives_and_facets_narrow_each_other(shelf: Library) -> None:
    assert await shelf.ids("mill", filters=only(Facet.TYPE, "pdf")) == {"a", "b"}
    assert await shelf.ids("mill", filters=only(Facet.TYPE, "pdf", "docx")) == {"a", "b", "c"}
    assert await shelf.ids("", filters=only(Facet.TAG, "red", "blue")) == {"a", "b", "c"}
    both = Filters({Facet.TYPE: ("pdf",), Facet.LANGUAGE: ("en", "und")})
    assert await shelf.ids("", filters=both) == {"a"}
    assert await shelf.ids("", filters=only(Facet.LANGUAGE, "und")) == {"d"}
    assert await shelf.ids("-mill", filters=only(Facet.CATEGORY, "report", "letter")) == {"d"}
    assert await shelf.ids("race mill", how=Match.ANY, filters=only(Facet.TYPE, "text")) == {"d"}


async def test_a_value_is_filtered_by_as_it_is_and_as_a_whole(shelf: Library) -> None:
    assert await shelf.ids("", filters=only(Facet.TAG, "old mill")) == {"a"}
    for other in ("old", "mill", "Old mill", "red,blue", "re", "*", ""):
        assert await shelf.ids("", filters=only(Facet.TAG, other)) == set()


async def test_dates_are_inclusive_on_both_sides(shelf: Library) -> None:
    async def between(since: int | None, until: int | None) -> set[str]:
        return await shelf.ids("", filters=Filters({}, since=since, until=until))

    assert await between(NOON + DAY, NOON + 2 * DAY) == {"b", "c"}
    assert await between(NOON + DAY + 1, NOON + 2 * DAY - 1) == set()
    assert await between(NOON + DAY, NOON + DAY) == {"b"}
    assert await between(NOON + 2 * DAY, None) == {"c", "d"}
    assert await between(None, NOON) == {"a"}
    assert await between(NOON + DAY, NOON) == set()


async def test_dates_give_the_order_where_they_are_asked_for_or_no_word_is(shelf: Library) -> None:
    assert await shelf.order("mill", sort=Sort.NEWEST) == ["c", "b", "a"]
    assert await shelf.order("mill", sort=Sort.OLDEST) == ["a", "b", "c"]
    assert await shelf.order("") == await shelf.order("", sort=Sort.NEWEST) == ["d", "c", "b", "a"]
    assert await shelf.order("-race") == ["c", "b", "a"]
    assert {hit.score for hit in (await shelf.found("mill", sort=Sort.NEWEST)).hits} == {0}
    assert all(hit.score > 0 for hit in (await shelf.found("mill")).hits)


async def test_facets_count_all_that_was_found_and_nothing_else(shelf: Library) -> None:
    found = await shelf.found("mill", limit=1, facets=True)
    assert (len(found.hits), found.total) == (1, 3)
    assert found.facets == {
        Facet.TYPE: {"pdf": 2, "docx": 1},
        Facet.TAG: {"blue": 2, "red": 2, "old mill": 1},
        Facet.LANGUAGE: {"en": 2, "de": 1},
        Facet.CATEGORY: {"letter": 2},
    }
    assert list(found.facets[Facet.TAG]) == ["blue", "red", "old mill"]
    narrowed = await shelf.found("", filters=only(Facet.TYPE, "text"), facets=True)
    assert narrowed.facets[Facet.TYPE] == {"text": 1}
    assert narrowed.facets[Facet.TAG] == {}
    assert (await shelf.found("mill")).facets == {}


async def test_the_fifty_most_frequent_values_are_told(library: Library) -> None:
    """Those that are equally frequent in the order of their letters."""
    tags = [f"tag {number:03}" for number in range(120)]
    await library.hold(*(entry(f"{number}", tags=(tags[number], tags[119])) for number in range(119)))
    counts = (await library.found("", limit=1, facets=True)).facets[Facet.TAG]
    assert list(counts.items()) == [(tags[119], 119), *((tag, 1) for tag in tags[:49])]
