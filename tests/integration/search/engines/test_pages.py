"""Pages of one state of the index, laid side by side, are the whole list: nothing twice, nothing left out."""

from itertools import product

import pytest

from shared.search.model import Match, Sort
from tests.integration.search.engines.library import NOON, Library, entry

COUNT = 47


@pytest.fixture
async def shelf(library: Library) -> Library:
    """In several changes, most documents as good as each other, and many of the same millisecond."""
    held = [
        entry(
            f"{number:02}-{number * 7919 % 101}",
            title="water mill" if number % 9 == 0 else "",
            text="a mill race" if number % 2 else "a mill",
            created_at=NOON + number // 10,
        )
        for number in range(COUNT)
    ]
    for at in range(0, COUNT, 16):
        await library.hold(*held[at : at + 16])
    return library


async def test_pages_neither_repeat_nor_skip(shelf: Library) -> None:
    asked = (("mill", Match.EXACT), ("mil*", Match.EXACT), ("mlil race", Match.ANY), ("", Match.EXACT))
    for (words, how), sort in product(asked, Sort):
        whole = await shelf.found(words, how=how, sort=sort)
        pages = [await shelf.found(words, how=how, sort=sort, limit=7, offset=at) for at in range(0, COUNT + 7, 7)]
        assert [hit for page in pages for hit in page.hits] == list(whole.hits), (words, how)
        assert {page.total for page in pages} == {whole.total} == {COUNT}
        assert {page.state for page in pages} == {whole.state}


async def test_a_change_is_another_state(library: Library) -> None:
    await library.hold(entry("mill"))
    before = (await library.found("")).state
    await library.hold(entry("new"))
    assert (await library.found("")).state != before


async def test_the_order_by_date_outlives_a_change_even_within_a_millisecond(shelf: Library) -> None:
    """Whatever the engine has to move for it."""
    newest = await shelf.order("", sort=Sort.NEWEST)
    assert await shelf.order("", sort=Sort.OLDEST) == newest[::-1]
    for version in range(2, 10):
        await shelf.hold(entry(newest[-1], version=version, text="a mill", created_at=NOON))
    assert await shelf.order("", sort=Sort.NEWEST) == newest
