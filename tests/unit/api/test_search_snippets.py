"""The snippets of a page are cut from so many characters, whichever texts they are in."""

from collections.abc import Collection, Mapping

import pytest

from functions.api import search_snippets
from functions.api.search_snippets import snippets
from shared.clock import World
from shared.search.model import Filters, Match, Request, Sort, Texts
from shared.search.query import parse
from tests.integration.api.listed_index import ListedIndex

REQUEST = Request("ada", parse("mill"), Filters({}), Sort.RELEVANCE, 20)
SHORT, LONG = "mill", f"{'x ' * 50}mill"


class Index(ListedIndex):
    async def texts(self, ids: Collection[str], *, owner: str) -> Mapping[str, Texts]:
        return {one: Texts("", "", SHORT if one == "short" else LONG) for one in ids}


@pytest.mark.parametrize(
    ("characters", "ids", "found"),
    [
        (2 * len(LONG), ["long", "longer"], ["long", "longer"]),
        (2 * len(LONG) - 20, ["long", "longer"], []),
        (len(SHORT) + len(LONG), ["short", "long"], ["short", "long"]),
        (len(SHORT) + len(LONG), ["long", "short"], ["short"]),
    ],
)
async def test_each_text_has_an_equal_share_and_what_those_before_it_left(
    characters: int, ids: list[str], found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_snippets, "CHARACTERS", characters)
    made = await snippets(Index(), REQUEST, Match.EXACT, ids, world=World())
    assert [one for one, passages in made.items() if passages] == found


async def test_where_no_word_must_be_there_no_text_is_asked_for() -> None:
    request = Request("ada", parse("-mill"), Filters({}), Sort.NEWEST, 20)
    assert await snippets(ListedIndex(away=True), request, Match.EXACT, ["a"], world=World()) == {}


async def test_when_time_is_over_the_hits_behind_have_none() -> None:
    ticks = iter([0.0, 1.0, 2.5])
    made = await snippets(Index(), REQUEST, Match.EXACT, ["short", "long"], world=World(monotonic=lambda: next(ticks)))
    assert list(made) == ["short"]
