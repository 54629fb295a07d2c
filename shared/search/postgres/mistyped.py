"""Which of an owner's words a mistyped one may have been meant for.

PostgreSQL looks through those of about its length and measures how far each is away; a swap of neighbours counts two
there and one with us (typos.py), so it is asked for twice as far, and what it finds is measured once more.
"""

from collections.abc import Mapping
from typing import Final

from shared.search.model import Request
from shared.search.postgres.connecting import Connection
from shared.search.postgres.rows import exact
from shared.search.query import Kind
from shared.search.typos import edits, within

MEASURED: Final = 1_000
KEPT: Final = 50
"""Words for one mistyped: the nearest."""
NEAR: Final = """
select asked.word as asked, near.word from unnest($2::text[], $3::int[]) as asked (word, most), lateral (
    select word from words
    where owner = $1 and length between length(asked.word) - asked.most and length(asked.word) + asked.most
        and apart(word, asked.word, 2 * asked.most) <= 2 * asked.most
    order by apart(word, asked.word, 2 * asked.most), word limit $4
) as near
"""


async def meant(connection: Connection, request: Request) -> Mapping[str, list[str]]:
    """By each word of the query that may be mistyped."""
    words = {clause.terms[0] for clause in request.query.positive if clause.kind is Kind.WORD}
    most = {word: edits(word) for word in sorted(words) if edits(word)}
    if not most:
        return {}
    found: dict[str, list[str]] = {word: [] for word in most}
    for record in await connection.fetch(NEAR, exact(request.owner), list(most), list(most.values()), MEASURED):
        asked, word = record["asked"], record["word"]
        if len(found[asked]) < KEPT and within(asked, word, most[asked]):
            found[asked].append(word)
    return found
