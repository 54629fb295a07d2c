"""With its database away, a delivery is 503 with a wait and one line; a run that can't be settled is still named."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.servers import mongo
from infra.local.servers.mongo import Running
from shared.context import JobContext
from shared.handler import LEFTOVER_EXIT
from tests.integration.handler.door import CANARY, Door, Say

ROOT = Path(__file__).parents[3]


@pytest.fixture
def doomed(environment: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Running]:
    """A server of this test's own."""
    running = mongo.start(tmp_path, log_dir=tmp_path, throw_away=True)
    environment.setenv("MONGODB_URI", f"{running.uri}/{CANARY}")
    yield running
    running.kill()


def test_a_database_that_goes_away_costs_one_line_a_delivery_and_no_word_of_its_address(
    doomed: Running, unreached: Door
) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        doomed.kill()

    unreached.behave = work
    run = unreached.accept()

    during = unreached.deliver(run, seconds=5.4)  # so little that it does not try to settle again
    said_during = unreached.said()
    after = unreached.deliver(run)
    said_after = unreached.said()

    for answer, said in ((during, said_during), (after, said_after)):
        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "10")
        assert len(said.lines) == 1
        assert (said.line["outcome"], said.line["run"]) == ("unavailable", run.id)
        assert said.line["reason"].startswith("mongodb: ")
        assert CANARY not in said.raw
        assert "127.0.0.1" not in said.raw
    assert said_during.line["attempt"] == 1
    assert "attempt" not in said_after.line


LEFT = """
import asyncio, threading
from shared.contract import Contract, Payload
from shared.handler import JobHandler
from shared.process import Process

async def work(payload, context):
    raise AssertionError("it ran")

def never(_):
    raise AssertionError("the store was asked for")

process = Process("left")
process.database = None
handler = JobHandler(
    Contract(name="left", payload=Payload, timeout=30, deadline=20),
    work, contracts=dict, services=never, alert=never, process=process,
)

async def leave_a_thread():
    waiting = asyncio.create_task(process.threads.run(threading.Event().wait, 20))
    await asyncio.sleep(0.01)
    waiting.cancel()

process.run(leave_a_thread())
handler({}, None)
"""


def test_case_12_a_sandbox_left_with_a_thread_says_so_and_exits_at_once(environment: pytest.MonkeyPatch) -> None:
    """The real exit: what was printed is not lost in a buffer, and no thread is waited for."""
    left = subprocess.run(
        [sys.executable, "-c", LEFT],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ.copy(),
        check=False,
        timeout=15,
    )

    assert left.returncode == LEFTOVER_EXIT, left.stderr
    (line,) = left.stdout.splitlines()
    assert '"level":"ERROR"' in line
    assert "a thread of an earlier delivery is still alive" in line
    assert left.stderr == ""
