"""A worker does not outlive the process that it works for."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

ROOT = Path(__file__).parents[3]


def ended(pid: int) -> bool:
    """Gone, or a zombie that waits for whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def test_a_child_dies_with_its_parent() -> None:
    command = [sys.executable, "-m", "tests.integration.worker.doomed"]
    parent = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT, env={**os.environ})
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert not ended(child)
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(30):
        while not ended(child):  # noqa: ASYNC110 - it is not our child, so nobody tells us
            await asyncio.sleep(0.02)
