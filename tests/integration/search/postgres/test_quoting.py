"""Nothing that people write is read as SQL or as a tsquery."""

import string
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.search.fields import Field
from shared.search.model import Facet, Match, Request, Sort
from shared.search.postgres.lexemes import quoted
from shared.search.query import Clause, Kind, Query
from tests.integration.search.engines.library import NO_FILTERS, Library, entry, only
from tests.support.postgres import Postgres

SPECIAL = [*string.punctuation, " ", "\t", "\n", "'; drop schema public cascade; --", "a'b", "\\'", "''", "a:*b"]


async def test_a_term_with_any_sign_in_it_is_only_a_term(library: Library) -> None:
    """No term has one (analyzer.py); if it had, it would find itself, and else nothing."""
    await library.hold(entry("mill", title="mill"))
    kinds = ((Kind.WORD, ()), (Kind.PHRASE, ("mill",)), (Kind.PREFIX, ()), (Kind.PREFIX, ("mill",)))
    for term, (kind, before) in product(SPECIAL, kinds):
        for excluded in (False, True):
            query = Query((Clause(kind, (*before, term), Field.TITLE, excluded),))
            found = await library.index.search(Request("ada", query, NO_FILTERS, Sort.RELEVANCE, 9), Match.ANY)
            assert found.total == int(excluded), (kind, term)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_quoted_lexeme_is_itself(postgres: Postgres, lexeme: str) -> None:
    said = quoted(lexeme)
    asked = "select tsvector_to_array($1::text::tsvector), $1::text::tsvector @@ $1::text::tsquery"
    assert await postgres.execute(asked, said) == [([lexeme], True)]


async def test_owners_tags_and_ids_are_compared_as_they_are(library: Library) -> None:
    await library.hold(
        entry("x", text="mill"),
        *(entry(f"id {one}", owner=f"o{one}", tags=(one,), text=f"mill {one}") for one in SPECIAL),
    )
    for value in SPECIAL:
        owner, filters = f"o{value}", only(Facet.TAG, value)
        assert await library.ids("mill", owner=owner) == {f"id {value}"}
        assert await library.ids("", owner=owner, filters=filters) == {f"id {value}"}
        assert await library.ids("", filters=filters) == set()
        assert (await library.found("", owner=owner, facets=True)).facets[Facet.TAG] == {value: 1}
