"""The tables of the index, in a schema of their own, made by whoever first has something to write.

    documents   one row each: what is searched and filtered, and the texts as they are; or a tombstone, which has an id,
                a version and the time of its death
    words       of each owner: what a mistyped word is compared with; shown to nobody
    stale       owners some of whose words may be in no document any more
    state       one row, raised by every change: its number names the state, its lock lets writers in one by one

Another layout, or other rules for what is in it, is another schema: code does not read what other code has written.
So there is nothing to migrate: the new schema begins empty, and an audit or a rebuild fills it.

Why no row level security: the process has one role, which owns the tables, for all people. Who may see a row is decided
by the owner that each query names. In production the schema is not one that Supabase's REST API is told to show.
"""

from typing import Final

from shared.search.postgres.connecting import Connection

REVISION: Final = 1
"""Raised by hand, also when words are analysed otherwise than before."""
FAMILY: Final = "millrace_search_"
SCHEMA: Final = f"{FAMILY}{REVISION}"
LOCK: Final = 0x6D696C6C
"""Of PostgreSQL's advisory locks: held while tables are made."""

BESIDES: Final = f"""
set local search_path to default;
create extension if not exists fuzzystrmatch;
create schema {SCHEMA};
revoke all on schema {SCHEMA} from public;
set local search_path to {SCHEMA};
"""
TABLES: Final = """
create table documents (
    id text collate "C" primary key,
    version bigint not null,
    gone timestamptz,
    part text collate "C",
    stamp bigint,
    owner text collate "C",
    created bigint,
    facets text[],
    title text,
    about text,
    text text,
    words tsvector
);
create index documents_words on documents using gin (words) with (fastupdate = off);
create index documents_owner on documents (owner, created, id) where gone is null;
create index documents_part on documents (part) include (id, version, stamp) where gone is null;
create index documents_gone on documents (gone) where gone is not null;
create table words (
    owner text collate "C" not null,
    length smallint not null,
    word text collate "C" not null,
    primary key (owner, length, word)
);
create table stale (owner text collate "C" primary key);
create table state (number bigint not null);
insert into state values (0);
"""

THERE: Final = "select exists (select from pg_tables where schemaname = $1 and tablename = 'state')"
"""Asks the catalogue's tables: what names mean is remembered by a connection, also while it waits for the lock."""
EXTENSION: Final = """
select quote_ident(nspname) from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
where extname = 'fuzzystrmatch'
"""
"""Which schema it lives in is the database's choice: Supabase's is another than a plain PostgreSQL's."""
OLDER: Final = "select nspname from pg_namespace where nspname ~ $1"


async def is_there(connection: Connection) -> bool:
    """All of it is made in one transaction, so one table tells."""
    return bool(await connection.fetchval(THERE, SCHEMA))


async def ensure(connection: Connection) -> None:
    """In a transaction; for any number of processes at once."""
    if await is_there(connection):
        return
    await connection.execute(f"select pg_advisory_xact_lock({LOCK})")
    if await is_there(connection):
        return
    await connection.execute(BESIDES + TABLES)
    extension = await connection.fetchval(EXTENSION)
    await connection.execute(
        f"create function apart(text, text, int) returns int language sql immutable"
        f" as 'select {extension}.levenshtein_less_equal($1, $2, $3)'"
    )


async def drop_older(connection: Connection) -> None:
    """Schemas of earlier revisions, which nobody reads any more."""
    names = [record["nspname"] for record in await connection.fetch(OLDER, f"^{FAMILY}[0-9]+$")]
    for name in names:
        if int(name.removeprefix(FAMILY)) < REVISION:
            await connection.execute(f"drop schema {name} cascade")
