"""A day of the whole stack, faster than it passes: crons, people, failures, replays, bounces; then everything is told.

QStash's waits and crons and the housekeeping's periods are divided by PACE. In the full form (MILLRACE_SOAK=1) people
come for a day of two minutes, and two more days pass in which the crons alone must bring everything in order. The short
one is a few hours, and ends with the command line's sweeps, whose periods are a second long.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from pydantic import SecretStr

from infra.commands.stage_file import of_stack
from infra.demo.witness import Witness, wait_for
from infra.local.processes import ROOT
from infra.local.servers import bucket
from infra.local.stack import Options, Stack
from shared.config import MongoSettings
from shared.database import connect
from tests.integration.day.town import PATIENCE, Town
from tests.integration.day.unexplained import unexplained
from tests.support.open_storage import open_storage

FULL: Final = bool(os.environ.get("MILLRACE_SOAK"))
PACE: Final = 720.0 if FULL else 144.0
"""A day in two minutes, or in ten."""
PEOPLE: Final = 12
DAY: Final = 86_400 / PACE if FULL else 0.0
"""Seconds in which people keep coming."""
SETTLING: Final = 480.0 if FULL else 90.0
"""Seconds within which the housekeeping must have done what is left."""
AT_ONCE: Final = {"TIME_SCALE": "86400"}
"""The command line's, in the short form: a day's grace is a second."""
NOBODYS: Final = ("files/nobody/1", "texts/nobody/1.txt", "reports/nobody.pdf", "uploads/nobody")
IN_ORDER: Final = 0


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("TIME_SCALE", str(PACE))
    with Stack.start(tmp_path, Options(pace=PACE, throw_away=True)) as made:
        yield made


@pytest.mark.timeout(900)
def test_after_a_day_everything_is_explained(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(_put_what_is_nobodys(stack))
    with httpx.Client(timeout=30) as http:
        town = Town(Witness(stack.urls, http))
        visits = _the_day(town)
        _bounced(stack, town)
        _failed_and_replayed(stack, town)
        left = _settled(stack)
    health = _command(stack, "health")
    with capsys.disabled():
        print(f"\n{visits} visits, a bounce, a failure, a replay\n{health.stdout}")  # noqa: T201 - the soak's figures
    assert left == []
    assert health.returncode == IN_ORDER, health.stdout + health.stderr


def _the_day(town: Town) -> int:
    ends, visits = time.monotonic() + DAY, 0
    while not visits or time.monotonic() < ends:
        town.lives(f"person{visits % PEOPLE}")
        visits += 1
    return visits


def _bounced(stack: Stack, town: Town) -> None:
    """The next mail to an address that has bounced is not sent."""
    address = town.bounces("gone")
    wait_for(
        lambda: address in _command(stack, "suppressions", "list", "--json").stdout,
        seconds=PATIENCE,
        otherwise="nobody was told of the bounce",
        every=1.0,
    )
    town.is_not_mailed(address)


def _failed_and_replayed(stack: Stack, town: Town) -> None:
    with town.refusing(1):
        job = town.fails("late")
    assert _command(stack, "runs", "list", "--status", "failed", "--json").returncode == IN_ORDER
    replayed = _command(stack, "runs", "replay", job, "--yes")
    assert replayed.returncode == IN_ORDER, replayed.stderr
    town.has_mail("late")


def _settled(stack: Stack) -> list[str]:
    """What is unexplained when everything has been explained, or the time for it is over."""
    ends = time.monotonic() + SETTLING
    while True:
        if not FULL:
            swept = _command(stack, "blobs", "sweep", "--bucket", "--most-share", "1", "--yes", **AT_ONCE)
            assert swept.returncode == IN_ORDER, swept.stderr
        left = asyncio.run(_unexplained(stack))
        well = not left and _command(stack, "health").returncode == IN_ORDER
        if well or time.monotonic() > ends:
            return left
        time.sleep(8)


async def _unexplained(stack: Stack) -> list[str]:
    uri, name = SecretStr(stack.urls.mongodb), "millrace_local"
    database = connect(MongoSettings(stage="local", mongodb_uri=uri, mongodb_database=name))
    try:
        with open_storage(bucket.settings(stack.urls.storage)) as storage:
            return await unexplained(database, storage)
    finally:
        database.client.close()


async def _put_what_is_nobodys(stack: Stack) -> None:
    with open_storage(bucket.settings(stack.urls.storage)) as storage:
        for key in NOBODYS:
            await storage.create(key, b"nobody's", content_type="text/plain")


def _command(stack: Stack, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra", "--stage", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, **of_stack(stack), **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
