"""What the index answers. Each is one statement in a transaction that only reads."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from shared.search.model import SHOWN, Facet, Filters, Found, Hit, Match, Request, Sort, Sum, Texts
from shared.search.postgres.connecting import Connection
from shared.search.postgres.lexemes import owned_by
from shared.search.postgres.mistyped import meant
from shared.search.postgres.querying import WEIGHTS, asked
from shared.search.postgres.rows import exact, facet_value

VALUES: Final = 50
"""Of a facet, that are told."""
LARGEST: Final = (1 << 63) - 1
ORDERS: Final[Mapping[Sort, str]] = {
    Sort.RELEVANCE: "score desc, created desc, id desc",
    Sort.NEWEST: "created desc, id desc",
    Sort.OLDEST: "created, id",
}
FACETS: Final = """(
    select json_agg(json_build_array(value, number))
    from (select value, count(*) as number from found, unnest(facets) as value group by value) as counted
)"""
TEXTS: Final = """
select id, title, about, left(text, $3) as text from documents where id = any($1) and owner = $2 and gone is null
"""
SUMS: Final = """
select part, count(*) as count, sum(stamp)::bigint as stamps from documents where gone is null group by part
"""
VERSIONS: Final = "select id, version from documents where part = $1 and gone is null"


async def found(connection: Connection, request: Request, how: Match) -> Found:
    """Where words are asked for, nothing is said of `gone` (a tombstone has none), so that no index but that of words
    serves: PostgreSQL would often take another, and read every long tsvector of the table. `read` is that column once
    for all that is computed of it.
    """
    statement = _Statement()
    corrected = await meant(connection, request) if how is not Match.EXACT else {}
    ask = asked(request.query, how, corrected)
    conditions = [f"owner = {statement.given(exact(request.owner))}"]
    if ask.words:
        words = f"{owned_by(request.owner)} & {ask.words}"
        conditions.append(f"documents.words @@ {statement.given(words)}::text::tsquery")
    else:
        conditions.append("gone is null")
    conditions += _filters(statement, request.filters)
    scored = bool(ask.ranked) and request.sort is Sort.RELEVANCE
    scores = [
        f"{one.factor!r} * ts_rank({WEIGHTS}, read.words, {statement.given(one.words)}::text::tsquery)"
        for one in ask.ranked
        if scored
    ]
    order = ORDERS[request.sort if scored or request.sort is not Sort.RELEVANCE else Sort.NEWEST]
    page = f"order by {order} limit {_bounded(request.limit)} offset {_bounded(request.offset)}"
    record = await connection.fetchrow(
        f"""
        with found as materialized (
            select id, created, facets, ({" + ".join(scores) or "0"})::float8 as score
            from documents, lateral (select words || ''::tsvector as words offset 0) as read
            where {" and ".join(conditions)}
        )
        select (select number from state) as state, (select count(*) from found) as total,
            array(select id from found {page}) as ids, array(select score from found {page}) as scores,
            {FACETS if request.facets else "null"} as facets
        """,  # noqa: S608 - constants and numbers; whatever comes from people is given beside it
        *statement.values,
    )
    hits = tuple(map(Hit, record["ids"], record["scores"]))
    return Found(hits, record["total"], _facets(record["facets"]) if request.facets else {}, str(record["state"]))


class _Statement:
    """Collects what is given beside a statement's words."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def given(self, value: Any) -> str:
        """How it is named in the words."""
        self.values.append(value)
        return f"${len(self.values)}"


def _filters(statement: _Statement, filters: Filters) -> list[str]:
    conditions = [
        f"facets && {statement.given([facet_value(facet, value) for value in values])}::text[]"
        for facet, values in filters.facets.items()
        if values
    ]
    if filters.since is not None:
        conditions.append(f"created >= {_bounded(filters.since)}")
    if filters.until is not None:
        conditions.append(f"created <= {_bounded(filters.until)}")
    return conditions


def _bounded(number: int) -> int:
    return min(max(number, 0), LARGEST)


def _facets(counted: str | None) -> Mapping[Facet, Mapping[str, int]]:
    """The most frequent first, equals in the order of their letters."""
    values: dict[Facet, list[tuple[str, int]]] = {facet: [] for facet in Facet}
    for facet_and_value, count in json.loads(counted or "[]"):
        facet, _, value = facet_and_value.partition("=")
        values[Facet(facet)].append((value, count))
    return {
        facet: dict(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:VALUES]) for facet, counts in values.items()
    }


async def texts(connection: Connection, ids: Collection[str], owner: str) -> Mapping[str, Texts]:
    records = await connection.fetch(TEXTS, list(ids), exact(owner), SHOWN)
    return {record["id"]: Texts(record["title"], record["about"], record["text"]) for record in records}


async def sums(connection: Connection) -> Mapping[str, Sum]:
    return {record["part"]: Sum(record["count"], record["stamps"]) for record in await connection.fetch(SUMS)}


async def versions(connection: Connection, part: str) -> Mapping[str, int]:
    return {record["id"]: record["version"] for record in await connection.fetch(VERSIONS, part)}
