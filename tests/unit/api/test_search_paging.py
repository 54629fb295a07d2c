"""Pages of a search: all hits once while the index stays as it is, and none twice while it changes a little."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.search_paging import DEPTH, Page, Place, decode, encode, page
from shared.search.cached import Answer
from shared.search.model import Facet, Filters, Match, Request, Sort
from shared.search.query import parse

REQUEST = Request("ada", parse("mill -steam"), Filters({Facet.TAG: ("a", "b")}, since=5), Sort.RELEVANCE, 10)
NAMES = [f"d{number}" for number in range(2 * DEPTH)]
places = st.builds(
    Place, offset=st.integers(1, DEPTH - 1), match=st.sampled_from(Match), last=st.text("abc-_09", max_size=30)
)


def over(ids: Sequence[str]) -> Callable[[Request, Match | None], Awaitable[Answer]]:
    async def find(request: Request, how: Match | None) -> Answer:
        hits = tuple(ids[request.offset : request.offset + request.limit])
        return Answer(hits, len(ids), how or Match.CORRECTED)

    return find


def paged(ids: Sequence[str], place: Place | None, limit: int = 10) -> Page:
    return asyncio.run(page(over(ids), replace(REQUEST, limit=limit), place))


@given(st.integers(0, 60), st.integers(1, 50))
def test_all_pages_together_are_all_hits_in_their_order(count: int, limit: int) -> None:
    seen: list[str] = []
    place = None
    while True:
        one = paged(NAMES[:count], place, limit)
        seen += one.ids
        place = one.next
        if place is None:
            break
        assert len(one.ids) == limit
        assert place.match is Match.CORRECTED, "the pages behind are of the same understanding"
    assert seen == NAMES[:count]


@given(st.data())
def test_nothing_is_shown_twice_while_the_last_hit_is_near(data: st.DataObject) -> None:
    """Between two pages some hits are new and some are gone; the last one is still there."""
    first = paged(NAMES[:40], None)
    assert first.next is not None
    gone = data.draw(st.sets(st.sampled_from(NAMES[:40])), label="gone") - {first.ids[-1]}
    new = data.draw(st.lists(st.integers(0, 20), max_size=45), label="new, and where")
    now = [name for name in NAMES[:40] if name not in gone]
    for number, at in enumerate(new):
        now.insert(at, f"new{number}")
    second = paged(now, first.next)
    behind = now[now.index(first.ids[-1]) + 1 :]
    assert list(second.ids) == behind[:10]
    assert not set(second.ids) & set(first.ids)


def test_where_the_last_hit_itself_is_gone_nothing_is_left_out() -> None:
    first = paged(NAMES[:30], None)
    now = [name for name in NAMES[:30] if name != first.ids[-1]]
    assert list(paged(now, first.next).ids) == NAMES[10:20]


def test_where_everything_is_gone_there_is_no_page_and_none_behind_it() -> None:
    assert paged([], Place(500, Match.EXACT, "x")) == Page((), Answer((), 0, Match.EXACT), None)


@given(st.integers(1, 50))
def test_paging_ends_at_its_depth(limit: int) -> None:
    place: Place | None = Place(DEPTH - 60, Match.EXACT, NAMES[DEPTH - 61])
    seen = DEPTH - 60
    while place is not None:
        one = paged(NAMES, place, limit)
        seen, place = seen + len(one.ids), one.next
    assert seen == DEPTH


@given(places)
def test_a_cursor_comes_back_as_its_place(place: Place) -> None:
    assert decode(encode(place, REQUEST), REQUEST) == place


@given(places)
def test_it_goes_on_in_pages_of_any_length(place: Place) -> None:
    assert decode(encode(place, REQUEST), replace(REQUEST, limit=3, facets=True)) == place


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, owner="eve"),
        replace(REQUEST, query=parse("mill")),
        replace(REQUEST, filters=Filters({Facet.TAG: ("a",)}, since=5)),
        replace(REQUEST, filters=Filters(REQUEST.filters.facets, since=6)),
        replace(REQUEST, filters=Filters(REQUEST.filters.facets, since=5, until=7)),
        replace(REQUEST, sort=Sort.OLDEST),
    ],
)
def test_a_cursor_is_of_one_search_alone(other: Request) -> None:
    cursor = encode(Place(10, Match.EXACT, "d9"), REQUEST)
    assert decode(cursor, REQUEST) is not None
    assert decode(cursor, other) is None


@pytest.mark.parametrize("offset", [-1, 0, DEPTH, 10**30])
def test_a_cursor_leads_nowhere_beyond_the_depth(offset: int) -> None:
    """Anybody can compute its check."""
    assert decode(encode(Place(offset, Match.EXACT, "d9"), REQUEST), REQUEST) is None


@given(st.text())
def test_no_text_is_a_cursor_by_chance(text: str) -> None:
    assert decode(text, REQUEST) is None
