"""A server that is away is DependencyDown, and nobody has to be told when it is back."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from pydantic import SecretStr

from shared.breakers.circuit import LONGEST
from shared.clock import World
from shared.database import Database
from shared.errors import ConfigurationError, DependencyDown
from shared.search.postgres import connecting
from shared.search.postgres.engine import PostgresIndex
from shared.search.postgres.schema import SCHEMA
from tests.integration.search.engines.library import Library, entry
from tests.support.postgres import Postgres

PASSWORD = "a-password-of-the-tests"
LOG = logging.getLogger("search")


@pytest.fixture
def server(postgres: Postgres) -> Iterator[Postgres]:
    yield postgres
    postgres.start()


def said(error: BaseException | None) -> str:
    """All that a log could show of it."""
    return "" if error is None else f"{error!r} {error} {said(error.__cause__)}"


async def test_an_outage_is_told_and_ends_by_itself(server: Postgres, database: Database) -> None:
    now = 0.0
    index = PostgresIndex(server.url, database, world=World(monotonic=lambda: now), log=LOG)
    library = Library(index)
    await library.hold(entry("mill", text="wheel"))
    server.stop()
    for attempt in (lambda: library.ids("wheel"), lambda: library.hold(entry("sea")), library.index.sums):
        with pytest.raises(DependencyDown, match="postgres: ") as down:
            await attempt()
        assert down.value.service == "postgres"
    server.start()
    now += LONGEST  # no breaker is open any more
    assert await library.ids("wheel") == {"mill"}
    await index.close()


async def test_connections_that_died_while_nobody_looked_are_not_used(
    library: Library, server: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    """A restart, or a frozen Lambda: the next calls meet nothing of it, and need no second try."""
    caplog.set_level(logging.INFO)
    await library.hold(entry("mill"))
    await asyncio.gather(*(library.ids("wheel") for _ in range(connecting.AT_ONCE)))
    server.stop()
    server.start()
    await asyncio.gather(*(library.ids("wheel") for _ in range(connecting.AT_ONCE)))
    assert "tried again" not in caplog.text


async def test_connections_that_grew_old_in_a_frozen_process_are_not_used(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def number(connection: connecting.Connection) -> int:
        return int(connection.get_server_pid())

    monkeypatch.setattr(connecting, "IDLE", 0.05)
    connections = connecting.Connections(postgres.url, SCHEMA, world=World(), log=LOG)
    first = await connections.read(number)
    time.sleep(0.1)  # noqa: ASYNC251 - nothing of the loop's runs meanwhile
    assert await asyncio.create_task(connections.read(number)) != first
    await connections.close()


async def test_a_connection_that_dies_between_two_statements_is_an_outage(postgres: Postgres) -> None:
    async def work(connection: connecting.Connection) -> None:
        died = asyncio.Event()
        connection.add_termination_listener(lambda _: died.set())
        await postgres.execute("select pg_terminate_backend($1)", connection.get_server_pid())
        await died.wait()
        await connection.fetchval("select 1")

    connections = connecting.Connections(postgres.url, SCHEMA, world=World(), log=LOG)
    with pytest.raises(DependencyDown, match="postgres: "):
        await connections.read(work)
    await connections.close()


async def test_a_server_that_keeps_failing_is_left_alone(database: Database) -> None:
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        url = SecretStr(f"postgresql://ada:{PASSWORD}@127.0.0.1:{closed.getsockname()[1]}/search")
        index = PostgresIndex(url, database, world=World(), log=LOG)
        codes = []
        for _ in range(7):
            with pytest.raises(DependencyDown) as down:
                await index.sums()
            codes.append(down.value.code)
            assert PASSWORD not in said(down.value)
        assert codes[-1] == "breaker_open"
        await index.close()


async def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_the_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "READ", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = SecretStr(f"postgresql://ada:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/search?sslmode=disable")
        index = PostgresIndex(url, database, world=World(), log=LOG)
        with pytest.raises(DependencyDown, match=r"no answer in 0\.2 s"):
            await index.sums()
        await index.close()


@pytest.mark.parametrize("url", ["mysql://ada:{}@host/search", "postgresql://ada:{}@host:port/search"])
async def test_a_wrong_url_is_told_without_what_is_in_it(database: Database, url: str) -> None:
    index = PostgresIndex(SecretStr(url.format(PASSWORD)), database, world=World(), log=LOG)
    with pytest.raises(ConfigurationError) as wrong:
        await index.sums()
    assert PASSWORD not in said(wrong.value)


async def test_a_statement_that_was_cut_off_leaves_no_connection_in_the_middle(library: Library) -> None:
    await library.hold(entry("mill", text="wheel"))
    for _ in range(connecting.AT_ONCE + 1):
        search = asyncio.create_task(library.ids("wheel"))
        await asyncio.sleep(0)
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search
    assert await library.ids("wheel") == {"mill"}
