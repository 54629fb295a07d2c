"""`python -m infra search ..`, on the stores that the environment names."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.__main__ import app
from shared.config import StorageSettings
from shared.database import Database
from tests.conftest import Objects
from tests.integration.sync_search.bench import Bench

ROOT = Path(__file__).parents[3]

INTERRUPTED = """
import asyncio, os, signal
from infra.__main__ import app
from infra.commands import search

async def interrupted(process):
    await process.database.documents.find_one({})
    try:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(600)
    finally:
        print("gave up")

search._rebuild = interrupted
app(["search", "rebuild"])
"""


@pytest.fixture
def stage(bench: Bench, mongodb_uri: str, objects: Objects, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The bench's stores, in the environment."""
    settings: StorageSettings = objects("tigris")
    named = {
        "STAGE": "local",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": bench.database.name,
        "STORAGE_PROVIDER": settings.storage_provider,
        "STORAGE_ENDPOINT": settings.storage_endpoint,
        "STORAGE_REGION": settings.storage_region,
        "STORAGE_BUCKET": settings.storage_bucket,
        "STORAGE_ACCESS_KEY_ID": settings.storage_access_key_id,
        "STORAGE_SECRET_ACCESS_KEY": settings.storage_secret_access_key.get_secret_value(),
        "SEARCH_ENGINE": "tantivy",
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return bench


async def invoked(command: str) -> Result:
    """In a thread: a command has an event loop of its own."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, ["search", command]))


async def test_the_status_of_an_index_that_knows_all(stage: Bench) -> None:
    await stage.document("one")
    await stage.turn()
    told = await invoked("status")
    assert (told.exit_code, told.stdout) == (0, "1 in the index; none waiting\n")


async def test_the_status_says_how_many_wait_and_how_long(stage: Bench) -> None:
    for name in ("one", "two"):
        await stage.document(name)
    told = await invoked("status")
    assert told.exit_code == 0
    assert told.stdout.startswith("0 in the index; 2 waiting, the longest for 1")


async def test_a_rebuild_makes_the_index_anew_and_says_what_it_holds(stage: Bench) -> None:
    await stage.document("one", text="a mill")
    await stage.turn()
    await stage.database.search_generation.delete_many({})
    told = await invoked("rebuild")
    assert (told.exit_code, told.stdout) == (0, "1 in the index; none waiting\n"), told.output
    assert await stage.found("mill") == {"one"}


@pytest.mark.parametrize("command", ["status", "rebuild"])
async def test_a_missing_setting_is_one_line_and_an_exit_code(
    stage: Bench, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONGODB_URI")
    told = await invoked(command)
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.count("\n") == 1
    assert "MONGODB_URI" in told.stderr


async def test_a_database_that_is_away_is_one_line_and_an_exit_code(
    stage: Bench, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("shared.database.OPERATION", 0.3)
    monkeypatch.setenv("MONGODB_URI", f"mongodb://127.0.0.1:{unused_tcp_port}")
    told = await invoked("status")
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr.startswith("mongodb: ")
    assert told.stderr.count("\n") == 1


async def test_an_interrupt_ends_it_and_leaves_nothing_open(stage: Bench, database: Database) -> None:
    """Python's own warnings are errors here: of a connection, a task or a loop that nobody closed."""
    await stage.document("one")
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "error", "-c", INTERRUPTED],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (130, "gave up", "")
    assert await database.search_generation.find_one({}) is None
