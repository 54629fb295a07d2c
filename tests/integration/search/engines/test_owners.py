"""Nobody finds a document of somebody else's, whatever is asked."""

from itertools import product

import pytest

from shared.search.model import Facet, Filters, Match, Sort, Texts
from tests.integration.search.engines.library import Library, entry, only

TRICKS = (
    "", "-nothing", "mill", "mil*", "mlil", '"water mill"', "title:mill", "-mine", "-mill", "owner:ada",
    "owner:ada mill", "-owner:eve",
    '"owner:ada"', "mill) OR (owner:ada", "mill OR owner:ada", "+owner:ada", "* OR *:*", "owner:*",
    "ada", "id:secret", "secret", "ada' OR '1'='1",
)  # fmt: skip


@pytest.fixture
async def shelf(library: Library) -> Library:
    """Ada has a secret; Eve has a document that shares all its words but one."""
    secret = "The water mill"
    await library.hold(
        entry("secret", owner="ada", title=secret, text="water mill", tags=("ada", "hers"), type="docx", language="en"),
        entry("mine", owner="eve", title=secret, text="water mill mine", tags=("mine",), language="en"),
    )
    return library


async def test_no_query_finds_what_is_anothers(shelf: Library) -> None:
    for words, how, sort in product(TRICKS, Match, (Sort.RELEVANCE, Sort.NEWEST)):
        found = await shelf.found(words, owner="eve", how=how, sort=sort, facets=True)
        assert {hit.id for hit in found.hits} <= {"mine"}, words
        assert found.total == len(found.hits), words
        assert set(found.facets[Facet.TAG]) <= {"mine"}, words
    assert await shelf.ids("mill", owner="ada") == {"secret"}


async def test_no_filter_and_no_page_finds_what_is_anothers(shelf: Library) -> None:
    for filters in (only(Facet.TAG, "hers"), only(Facet.TYPE, "docx"), Filters({}, since=0, until=0)):
        assert await shelf.ids("", owner="eve", filters=filters) == set()
    assert (await shelf.found("", owner="eve", offset=1)).hits == ()


async def test_an_owner_is_compared_as_a_whole(shelf: Library) -> None:
    for owner in ("", "ad", "adaa", "ADA", "*", "ada eve", "ada\0", "%", "a.a", "\ud800"):
        assert await shelf.ids("", owner=owner) == set()
        assert await shelf.index.texts(["secret", "mine"], owner=owner) == {}


async def test_texts_are_given_to_their_owner_alone(shelf: Library) -> None:
    both = await shelf.index.texts(["secret", "mine", "unknown"], owner="eve")
    assert both == {"mine": Texts("The water mill", "", "water mill mine")}
    assert await shelf.index.texts([], owner="eve") == {}


async def test_what_changes_hands_is_lost_to_the_one_before(shelf: Library) -> None:
    await shelf.hold(entry("secret", version=2, owner="eve", text="water mill"))
    assert await shelf.ids("mill", owner="ada") == set()
    assert await shelf.ids("mill", owner="eve") == {"secret", "mine"}
