"""What a child process started through infra.local.processes can be relied on to do."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.processes import Child, StartError

ROOT = Path(__file__).parents[3]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready 1'); time.sleep(60)"
SLEEPER = "import time; print('ready 4711'); time.sleep(60)"
# A grandchild started without our means, as a program of somebody else's would.
FAMILY = "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(f'ready {p.pid}'); time.sleep(60)"


def python(text: str) -> list[str]:
    return [sys.executable, "-u", "-c", text]


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"  # dead, and its parent (whoever that became) has not looked yet


def wait_gone(*pids: int, patience: float = 5.0) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if all(is_gone(pid) for pid in pids):
            return True
        time.sleep(0.01)
    return False


def test_the_ready_line_gives_the_port(tmp_path: Path) -> None:
    child = processes.start("sleeper", python(SLEEPER), log_dir=tmp_path)
    assert (child.port, child.alive()) == (4711, True)
    child.stop()
    assert child.status == -signal.SIGTERM


def test_a_ready_line_of_an_earlier_run_in_the_same_log_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "late.log").write_bytes(b"ready 1\n")
    child = processes.start("late", python(SLEEPER), log_dir=tmp_path)
    child.stop()
    assert child.port == 4711
    assert child.log.read_bytes() == b"ready 1\nready 4711\n"


def test_one_that_ends_early_is_reported_with_its_status_and_last_words(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no such luck") as caught:
        processes.start("early", python("import sys; sys.exit('no such luck')"), log_dir=tmp_path)
    assert caught.value.status == 1


def test_one_that_is_too_slow_is_reported_and_not_left_behind(tmp_path: Path) -> None:
    seen: list[Child] = []
    with pytest.raises(StartError, match="not ready in time"):
        processes.start(
            "slow",
            python(SLEEPER),
            log_dir=tmp_path,
            timeout=0.3,
            ready=lambda child: bool(seen.append(child)),  # type: ignore[func-returns-value]  # None is "not yet"
        )
    assert is_gone(seen[0].pid)


def test_stop_kills_what_ignores_the_polite_request(tmp_path: Path) -> None:
    child = processes.start("stubborn", python(STUBBORN), log_dir=tmp_path)
    child.stop(grace=0.1)
    assert child.status == -signal.SIGKILL
    child.stop()  # and again is no error


def test_stop_takes_the_grandchildren_along(tmp_path: Path) -> None:
    child = processes.start("family", python(FAMILY), log_dir=tmp_path)
    child.stop()
    assert wait_gone(child.port)


def test_ctrl_c_in_the_terminal_does_not_reach_a_child(tmp_path: Path) -> None:
    """The terminal signals the parent's process group; a child is in a group and session of its own."""
    child = processes.start("sleeper", python(SLEEPER), log_dir=tmp_path)
    assert os.getpgid(child.pid) == os.getsid(child.pid) == child.pid
    child.stop()


def test_a_child_started_in_a_thread_outlives_the_thread(tmp_path: Path) -> None:
    """Linux ties the death signal to the thread that forked: a pool's thread comes and goes."""
    started: list[Child] = []
    thread = threading.Thread(
        target=lambda: started.append(processes.start("sleeper", python(SLEEPER), log_dir=tmp_path))
    )
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert started[0].alive()
    started[0].stop()


def test_no_child_survives_a_parent_that_is_killed(tmp_path: Path) -> None:
    helper = Path(__file__).with_name("doomed_parent.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(helper), str(tmp_path)], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert not any(is_gone(pid) for pid in pids)
        parent.kill()
    assert wait_gone(*pids)
