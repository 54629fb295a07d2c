"""A process that is killed in the middle of a request, over HTTP: the caller sends it again with its key."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from shared.database import Database
from shared.runs.model import State
from tests.integration.api.front import Front
from tests.integration.api.repeats import KEY, REPORT, WISH, replayed

SCRIPT = Path(__file__).with_name("dying.py")
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


@asynccontextmanager
async def process(uri: str, database: str, step: str) -> AsyncIterator[httpx.AsyncClient]:
    """An API of its own, killed at the end unless it has killed itself."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, str(SCRIPT), uri, database, step),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        assert child.stdout is not None
        port = int(await asyncio.wait_for(child.stdout.readline(), PATIENCE))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            yield client
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("step", "done"), [("begun", False), ("asked", True), ("published", True), ("answered", True)])
async def test_the_repeat_of_a_request_whose_process_was_killed_begins_nothing_anew(
    mongodb_uri: str, database: Database, front: Front, step: str, *, done: bool
) -> None:
    headers = await front.key("jobs:write") | KEY
    async with process(mongodb_uri, database.name, step) as dying:
        with pytest.raises(httpx.TransportError):
            await dying.post(REPORT, json=WISH, headers=headers)
    assert await database.runs.count_documents({}) == int(done)
    async with process(mongodb_uri, database.name, "never") as living:
        answers = [await living.post(REPORT, json=WISH, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert [replayed(answer) for answer in answers] == [done, True]
    [run] = [one async for one in database.runs.find({})]
    assert {answer.json()["job"] for answer in answers} == {run["_id"]}
    assert run["state"] == State.QUEUED.value
    assert await database.published.distinct("dedup") == [f"{run['_id']}.0.0"], "told twice at most, and taken once"
