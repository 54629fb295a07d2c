"""What a hostile ask leaves in its process, or beside it, is no later ask's trouble."""

import asyncio
from typing import Any

import pytest

from shared.worker import OverBudget, Worker, WorkerDied
from tests.integration.worker.conftest import MEMORY
from tests.integration.worker.test_orphans import ended

PATIENCE = 60.0


async def ask(worker: Worker, do: str, **given: Any) -> dict[str, Any]:
    return await worker.ask({"do": do, **given}, seconds=PATIENCE)


async def test_one_that_is_out_of_memory_is_not_kept(worker: Worker) -> None:
    with pytest.raises(OverBudget):
        await ask(worker, "hoard")
    assert worker.pid is None
    assert await ask(worker, "allocate", size=MEMORY // 4) == {"length": MEMORY // 4}


async def test_memory_that_an_earlier_ask_holds_is_not_held_against_a_later_one(worker: Worker) -> None:
    await ask(worker, "hold", size=MEMORY // 2)
    assert await ask(worker, "allocate", size=MEMORY // 2) == {"length": MEMORY // 2}


async def test_what_a_library_prints_is_in_no_log_of_ours(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    """It may be a stranger's words."""
    await ask(worker, "speak")
    assert "words" not in "".join(capfd.readouterr())


async def test_what_it_has_started_ends_with_it(worker: Worker) -> None:
    """And keeps nobody waiting, although it holds the pipes."""
    pid = (await ask(worker, "fork"))["pid"]
    async with asyncio.timeout(PATIENCE):
        await worker.close()
        while not ended(pid):  # noqa: ASYNC110 - it is not our child, so nobody tells us
            await asyncio.sleep(0.02)


async def test_a_head_that_is_too_deep_is_no_answer(worker: Worker) -> None:
    with pytest.raises(WorkerDied):
        await ask(worker, "nest")
    assert (await ask(worker, "tell"))["asked"] == 1
