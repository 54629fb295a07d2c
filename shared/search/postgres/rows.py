"""Entries and tombstones on their way into the table of documents."""

import json
from collections.abc import Sequence
from typing import Any, Final

from shared.search.model import Entry, Facet, Gone, part_of, stamp
from shared.search.postgres.connecting import Connection
from shared.search.postgres.lexemes import lexemes

RAISE: Final = "update state set number = number + 1"
"""The first thing that a writer does: the row's lock makes others wait for its end."""

STALE: Final = """
insert into stale
select distinct owner from documents where id = any($1) and owner is not null
on conflict do nothing
"""
ENTRIES: Final = """
insert into documents as held (id, version, part, stamp, owner, created, facets, title, about, text, words)
select id, version, part, stamp, owner, created, facets, title, about, text, words::tsvector
from json_to_recordset($1) as new (
    id text, version bigint, part text, stamp bigint, owner text, created bigint, facets text[],
    title text, about text, text text, words text
)
on conflict (id) do update set
    version = excluded.version, gone = null, part = excluded.part, stamp = excluded.stamp, owner = excluded.owner,
    created = excluded.created, facets = excluded.facets, title = excluded.title, about = excluded.about,
    text = excluded.text, words = excluded.words
where excluded.version >= held.version
returning id
"""
TOMBSTONES: Final = """
insert into documents as held (id, version, gone)
select id, version, now() from unnest($1::text[], $2::bigint[]) as new (id, version)
on conflict (id) do update set
    version = case excluded.version when 0 then held.version + 1 else excluded.version end, gone = now(),
    part = null, stamp = null, owner = null, created = null, facets = null, title = null, about = null, text = null,
    words = null
where excluded.version >= held.version or (excluded.version = 0 and held.gone is null)
returning id
"""
"""Version 0 is that of a document without a record: whatever was held of it goes, and a writer that read the record
when there was one finds a newer version.
"""
WORDS: Final = """
insert into words
select owner, length(word), word from unnest($1::text[], $2::text[]) as new (owner, word) order by owner, word
on conflict do nothing
"""


class Rows:
    """Made before the transaction begins: the words are analysed once, and nobody waits for it."""

    def __init__(self, entries: Sequence[Entry], gone: Sequence[Gone]) -> None:
        rows = [_row(entry) for entry in entries]
        words = {(row["owner"], word) for row in rows for word in row.pop("mistakable") if row["owner"]}
        self._entries = json.dumps(rows, ensure_ascii=False)
        self._gone = gone
        self._ids = [entry.id for entry in entries] + [one.id for one in gone]
        self._owners, self._words = [owner for owner, _ in words], [word for _, word in words]

    async def write(self, connection: Connection) -> frozenset[str]:
        """The ids of those of which something newer was there."""
        await connection.execute(RAISE)
        await connection.execute(STALE, self._ids)
        written = await connection.fetch(ENTRIES, self._entries)
        ids, versions = [state.id for state in self._gone], [state.version for state in self._gone]
        written += await connection.fetch(TOMBSTONES, ids, versions)
        await connection.execute(WORDS, self._owners, self._words)
        return frozenset(self._ids) - {record["id"] for record in written}


def _row(entry: Entry) -> dict[str, Any]:
    made = lexemes(entry)
    return {
        "id": entry.id,
        "version": entry.version,
        "part": part_of(entry.id),
        "stamp": stamp(entry.id, entry.version),
        "owner": exact(entry.owner),
        "created": entry.created_at,
        "facets": sorted(
            {facet_value(facet, value) for facet, values in entry.facets.items() for value in values if value}
        ),
        "title": fit(entry.title),
        "about": fit(entry.about),
        "text": fit(entry.text),
        "words": made.vector,
        "mistakable": made.words,
    }


def facet_value(facet: Facet, value: str) -> str:
    """As it stands among a document's facets."""
    return f"{facet}={fit(value)}"


def fit(text: str) -> str:
    """What PostgreSQL can hold of it, as long as it was: a NUL becomes a space, half of a surrogate pair a `?`."""
    return text.replace("\0", " ").encode(errors="replace").decode()


def exact(owner: str) -> str | None:
    """None, which nothing equals, for what can't be held as it is: owners are never mixed up."""
    return owner if fit(owner) == owner else None
