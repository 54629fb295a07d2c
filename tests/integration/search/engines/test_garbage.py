"""Whatever is typed is a query, and never an error."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.search.model import Facet, Filters, Match, Sort
from tests.integration.search.engines.library import Library, entry

SIGNS = (
    '"',
    '""',
    "-",
    "*",
    ":",
    "title:",
    "-title:",
    '-"',
    "(",
    ")",
    "+mill",
    "mill~2",
    "mill^3",
    "[a TO z]",
    "{",
    "\\",
)
SYNTAX = (
    "AND",
    "mill AND",
    "OR OR",
    "/.*/",
    "'; DROP TABLE",
    "%",
    "_",
    "mill & | ! <-> :*",
    "<->",
    "*:*",
    "?",
    "owner:eve",
)
LETTERS = ("mill\0race", "\ud800", "a\ud800b", "\u202emill", "ﬁ", "𝓶𝓲𝓵𝓵", "👩‍👩‍👧", "\u0301", "e\u0301" * 100)
LONG = (
    "m" * 600,
    "水" * 600,
    "a " * 300,
    "a* " * 40,
    '"a b" ' * 40,
    "-a " * 40,
    "\U00020000" * 70 + "*",
    "z-" + "水" * 70 + "*",
)


async def test_whatever_is_typed_is_a_query(library: Library) -> None:
    await library.hold(entry("mill", title="The water mill", text="a mill race", language="en"))
    for words in SIGNS + SYNTAX + LETTERS + LONG:
        for how in Match:
            assert await library.ids(words, how=how) <= {"mill"}, words


@given(st.text(max_size=40))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_is_a_query(library: Library, words: str) -> None:
    await library.found(words, how=Match.ANY, facets=True)


async def test_odd_filters_and_pages_find_nothing_and_break_nothing(library: Library) -> None:
    await library.hold(entry("mill", text="a mill"))
    for odd in ("\ud800", "", "\0", "x" * 100_000, "'"):
        assert await library.ids("mill", filters=Filters({Facet.TAG: (odd,)})) == set()
        assert await library.ids("mill", owner=odd) == set()
    assert await library.ids("mill", filters=Filters({}, since=-(10**30), until=10**30)) == {"mill"}
    assert await library.ids("mill", filters=Filters({}, since=10**13)) == set()
    for sort in Sort:
        far = await library.found("mill", sort=sort, offset=10**12)
        assert (far.hits, far.total) == ((), 1)
        counted = await library.found("mill", sort=sort, limit=0)
        assert (counted.hits, counted.total) == ((), 1)


async def test_an_empty_index_is_searched_like_any_other(library: Library) -> None:
    for words in ("", "mill", "-mill", "mil*"):
        found = await library.found(words, facets=True)
        assert (found.hits, found.total) == ((), 0)
    assert await library.index.texts(["mill"], owner="ada") == {}
    assert await library.index.sums() == {}
    assert await library.index.versions("mi") == {}
