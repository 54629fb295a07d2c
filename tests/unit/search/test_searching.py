"""A query is understood in another way only where the one before finds nothing."""

from collections.abc import Collection
from typing import cast

import pytest

from shared.search.index import SearchIndex
from shared.search.model import Filters, Found, Hit, Match, Request, Sort
from shared.search.query import parse
from shared.search.searching import find


class Finding:
    """An index that finds something in some ways of asking."""

    def __init__(self, ways: Collection[Match]) -> None:
        self._ways = ways
        self.asked: list[Match] = []

    def index(self) -> SearchIndex:
        return cast("SearchIndex", self)

    async def search(self, request: Request, how: Match) -> Found:
        self.asked.append(how)
        found = how in self._ways
        hits = (Hit("mill", 1),) if found and request.limit else ()
        return Found(hits, int(found), {}, "one")


def request(words: str, limit: int = 20) -> Request:
    return Request("ada", parse(words), Filters({}), Sort.RELEVANCE, limit)


@pytest.mark.parametrize(
    ("words", "finds", "asked"),
    [
        ("mill race", list(Match), [Match.EXACT]),
        ("mill race", [Match.CORRECTED, Match.ANY], [Match.EXACT, Match.CORRECTED]),
        ("mill race", [Match.ANY], [Match.EXACT, Match.CORRECTED, Match.ANY]),
        ("mill race", [], [Match.EXACT, Match.CORRECTED, Match.ANY]),
        ("mill", [], [Match.EXACT, Match.CORRECTED]),
        ("mill -race", [], [Match.EXACT, Match.CORRECTED]),
        ("-race", [], [Match.EXACT]),
        ("", [], [Match.EXACT]),
    ],
)
async def test_the_first_way_that_finds_something_is_the_last_that_is_tried(
    words: str, finds: list[Match], asked: list[Match]
) -> None:
    index = Finding(finds)
    found, how = await find(index.index(), request(words))
    assert (index.asked, how) == (asked, asked[-1])
    assert found.total == len(finds[:1])


async def test_a_page_without_hits_is_not_nothing() -> None:
    index = Finding([Match.EXACT])
    found, how = await find(index.index(), request("mill", limit=0))
    assert (found.hits, found.total, how, index.asked) == ((), 1, Match.EXACT, [Match.EXACT])


@pytest.mark.parametrize("how", list(Match))
async def test_a_further_page_is_asked_for_as_the_first_was(how: Match) -> None:
    index = Finding([])
    _, used = await find(index.index(), request("mill race"), how=how)
    assert (index.asked, used) == ([how], how)
