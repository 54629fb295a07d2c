"""What a worker answers, what it may take, and what becomes of one that takes more."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from shared.worker import Declined, Limits, OverBudget, Worker, WorkerDied
from tests.integration.worker.conftest import LARGEST_FILE, MEMORY, STRANGE

PATIENCE = 60.0


async def ask(worker: Worker, do: str, **given: Any) -> dict[str, Any]:
    return await worker.ask({"do": do, **given}, seconds=PATIENCE)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_nothing_is_started_before_it_is_asked() -> None:
    assert Worker(STRANGE, Limits(memory=MEMORY)).pid is None


async def test_the_child_is_kept_for_the_next_ask(worker: Worker) -> None:
    first, second = await ask(worker, "tell"), await ask(worker, "tell")
    assert first["pid"] == second["pid"] == worker.pid
    assert (first["asked"], second["asked"]) == (1, 2)


async def test_bytes_come_back_beside_the_answer(worker: Worker) -> None:
    answer, body = await worker.ask_bytes({"do": "body", "size": 3_000_000}, seconds=PATIENCE)
    assert (answer, body) == ({"size": 3_000_000}, b"x" * 3_000_000)


async def test_what_a_library_prints_is_no_answer(worker: Worker) -> None:
    pid = (await ask(worker, "tell"))["pid"]
    assert await ask(worker, "speak") == {}
    assert (await ask(worker, "tell"))["pid"] == pid


async def test_no_secret_of_ours_is_in_its_environment(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_SECRET_ACCESS_KEY", "secret")
    assert not [name for name in (await ask(worker, "tell"))["environment"] if "STORAGE" in name]


async def test_several_who_ask_at_once_get_each_their_own_answer(worker: Worker) -> None:
    sizes = range(1, 30)
    answers = await asyncio.gather(*(worker.ask_bytes({"do": "body", "size": n}, seconds=PATIENCE) for n in sizes))
    assert [len(body) for _, body in answers] == list(sizes)


@pytest.mark.parametrize("do", ["compute", "sleep"])
async def test_one_that_takes_too_long_is_killed(worker: Worker, do: str, tmp_path: Path) -> None:
    pid = (await ask(worker, "tell"))["pid"]
    with pytest.raises(OverBudget) as over:
        await worker.ask({"do": do, "file": str(tmp_path / "pid")}, seconds=0.5)
    assert over.value.budget == "time"
    assert gone(pid)


async def test_after_a_kill_a_fresh_one_answers(worker: Worker) -> None:
    before = (await ask(worker, "tell"))["pid"]
    with pytest.raises(OverBudget):
        await worker.ask({"do": "compute"}, seconds=0.5)
    after = await ask(worker, "tell")
    assert (after["asked"], after["pid"] != before) == (1, True)


async def test_more_memory_than_it_may_have_is_a_budget(worker: Worker) -> None:
    with pytest.raises(OverBudget, match="500 MB") as over:
        await ask(worker, "allocate", size=MEMORY * 2)
    assert over.value.budget == "memory"
    assert await ask(worker, "allocate", size=1_000) == {"length": 1_000}


async def test_a_file_over_its_limit_is_not_written(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="OSError"):
        await ask(worker, "write", file=str(tmp_path / "large"), size=LARGEST_FILE + 1)
    assert (tmp_path / "large").stat().st_size <= LARGEST_FILE


async def test_one_that_died_is_asked_once_more_in_a_fresh_process(worker: Worker, tmp_path: Path) -> None:
    assert (await ask(worker, "die_once", file=str(tmp_path / "died")))["pid"] == worker.pid


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
async def test_one_that_dies_twice_is_given_up(worker: Worker, number: signal.Signals) -> None:
    with pytest.raises(WorkerDied) as died:
        await ask(worker, "die", signal=number)
    assert (died.value.status, died.value.by_itself) == (-number, False)
    assert await ask(worker, "tell")


async def test_one_that_leaves_without_an_answer_is_given_up(worker: Worker) -> None:
    with pytest.raises(WorkerDied) as died:
        await ask(worker, "leave")
    assert (died.value.status, died.value.by_itself) == (3, True)


async def test_one_that_speaks_no_frames_is_given_up(worker: Worker) -> None:
    """Whatever length it claims, nothing is reserved for it."""
    with pytest.raises(WorkerDied):
        await ask(worker, "scribble")
    assert (await ask(worker, "tell"))["asked"] == 1


async def test_a_refusal_carries_its_reason_and_figures(worker: Worker) -> None:
    with pytest.raises(Declined) as declined:
        await ask(worker, "decline")
    assert (declined.value.reason, declined.value.data["pages"]) == ("too_long", 3)


async def test_a_fault_is_told_without_its_text(worker: Worker) -> None:
    with pytest.raises(RuntimeError, match=r"KeyError at .*strange\.py:\d+") as fault:
        await ask(worker, "stumble", secret="the file's own words")
    assert "words" not in str(fault.value)
    assert await ask(worker, "tell")


async def test_one_that_is_killed_between_two_asks_is_replaced(worker: Worker) -> None:
    pid = (await ask(worker, "tell"))["pid"]
    os.kill(pid, signal.SIGKILL)
    assert (await ask(worker, "tell"))["pid"] != pid


async def test_nobody_reads_the_answer_to_a_question_that_was_given_up(worker: Worker, tmp_path: Path) -> None:
    asked = asyncio.create_task(ask(worker, "sleep", file=str(tmp_path / "pid")))
    async with asyncio.timeout(PATIENCE):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text("utf-8"):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.02)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert gone(int((tmp_path / "pid").read_text("utf-8")))
    assert (await ask(worker, "tell"))["asked"] == 1


async def test_closing_leaves_no_process() -> None:
    worker = Worker(STRANGE, Limits(memory=MEMORY))
    pid = (await ask(worker, "tell"))["pid"]
    await worker.close()
    assert gone(pid)
