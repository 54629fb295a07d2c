"""Starts a child process that cannot outlive its parent, and knows when it is ready.

    start  ->  tether.py: killed by the kernel when we die  ->  exec of the program  ->  ready  ->  Child

A child gets a session of its own, so that Ctrl-C in a terminal reaches the parent alone, which then
stops its children in the order it likes. If the parent dies in any way, kill -9 included, each child is killed
at once, and so are the children that it started through here. Linux only.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from infra.local.spawner import SPAWNER

ROOT: Final = Path(__file__).parents[2]
_TETHER: Final = Path(__file__).with_name("tether.py")
_READY: Final = re.compile(rb"^ready (\d+)\n", re.MULTILINE)
_POLL: Final = 0.01
_TAIL: Final = 2000

Ready = Literal["line"] | Callable[["Child"], bool]


class StartError(Exception):
    """A process did not get ready; carries its exit status (None: it was alive, and too slow) and its last words."""

    def __init__(self, name: str, status: int | None, tail: str) -> None:
        self.name, self.status, self.tail = name, status, tail
        how = "was not ready in time" if status is None else f"ended with status {status} before it was ready"
        super().__init__(f"{name} {how}; its last words:\n{tail}")


@dataclass(frozen=True, slots=True)
class Child:
    """A running process of ours. `port` is what its ready line said, 0 for one that prints none."""

    name: str
    port: int
    log: Path
    _process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Give its exit status, negative for a signal, None while it runs."""
        return self._process.poll()

    def alive(self) -> bool:
        return self.status is None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended gets none."""
        self._process.send_signal(number)

    def stop(self, grace: float = 5.0) -> None:
        """Ask it to end (SIGTERM), and after `grace` seconds make it; what it left in its process group goes too."""
        if self.alive():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self.kill()

    def kill(self) -> None:
        """End it and its process group at once, as a crash does (SIGKILL), and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def module(name: str, *options: str) -> list[str]:
    """Give the command line that runs one of our own modules under this same Python."""
    return [sys.executable, "-m", name, *options]


def start(
    name: str,
    argv: Sequence[str],
    *,
    log_dir: Path,
    ready: Ready = "line",
    timeout: float = 20.0,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> Child:
    """Start `argv` and wait until it is ready: it prints `ready PORT`, or `ready` answers true for it.

    Both its outputs are appended to `log_dir/NAME.log`; `env` replaces the environment.
    Raises StartError, and leaves no process, if it ends or takes longer than `timeout` seconds.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    path = log_dir / f"{name}.log"
    tether = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *argv]
    with path.open("ab") as log:
        begin = log.tell()
        process = SPAWNER.spawn(
            lambda: subprocess.Popen(
                tether,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        )
    child = Child(name, 0, path, process)
    try:
        return _wait(child, begin, ready, time.monotonic() + timeout)
    except BaseException:
        child.kill()
        raise


def _wait(child: Child, begin: int, ready: Ready, deadline: float) -> Child:
    while child.alive() and time.monotonic() < deadline:
        if ready == "line":
            if said := _READY.search(_read(child.log, begin)):
                return Child(child.name, int(said[1]), child.log, child._process)  # noqa: SLF001 - its own maker
        elif ready(child):
            return child
        time.sleep(_POLL)
    tail = _read(child.log, begin)[-_TAIL:].decode(errors="replace")
    raise StartError(child.name, child.status, tail)


def _read(log: Path, begin: int) -> bytes:
    with log.open("rb") as file:
        file.seek(begin)
        return file.read()
