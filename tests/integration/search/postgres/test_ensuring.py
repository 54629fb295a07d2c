"""The tables make themselves, once."""

import asyncio
import logging

from shared.clock import World
from shared.database import Database
from shared.search.postgres import schema
from shared.search.postgres.connecting import Connections
from shared.search.postgres.engine import PostgresIndex
from tests.integration.search.engines.library import Library, entry
from tests.support.postgres import Postgres

LOG = logging.getLogger("search")
TABLES = "select count(*) from pg_tables where schemaname = $1"


async def test_any_number_of_processes_make_them_at_once(database: Database, postgres: Postgres) -> None:
    indexes = [PostgresIndex(postgres.url, database, world=World(), log=LOG) for _ in range(6)]
    await asyncio.gather(*(Library(one).hold(entry(f"d{place}", text="mill")) for place, one in enumerate(indexes)))
    assert await Library(indexes[0]).ids("mill") == {f"d{place}" for place in range(6)}
    for one in indexes:
        await one.close()


async def test_readers_make_nothing(library: Library, postgres: Postgres) -> None:
    assert await library.ids("mill") == set()
    assert await library.index.sums() == {}
    assert await postgres.execute(TABLES, schema.SCHEMA) == [(0,)]


async def test_only_earlier_revisions_are_dropped(library: Library, postgres: Postgres) -> None:
    later = f"{schema.FAMILY}{schema.REVISION + 1}"
    for name in (f"{schema.FAMILY}0", later, f"{schema.FAMILY}of_somebody"):
        await postgres.execute(f"create schema if not exists {name}")
    await library.hold(entry("mill"))
    connections = Connections(postgres.url, schema.SCHEMA, world=World(), log=LOG)
    await connections.write(schema.drop_older)
    await connections.close()
    left = await postgres.execute("select nspname from pg_namespace where starts_with(nspname, $1)", schema.FAMILY)
    assert {name for (name,) in left} == {schema.SCHEMA, later, f"{schema.FAMILY}of_somebody"}
    for name in (later, f"{schema.FAMILY}of_somebody"):
        await postgres.execute(f"drop schema {name}")
