"""A function's operating system process: AWS's runtime client, in a session of its own, that dies with the host."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.local import processes
from infra.local.lambda_host.outcome import EXITED, Failed
from infra.local.lambda_host.runtime import CLIENT
from infra.local.spawner import SPAWNER

_TETHER: Final = Path(processes.__file__).with_name("tether.py")


class FunctionProcess:
    """`python -m awslambdaric HANDLER` and what it starts."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @classmethod
    def start(
        cls, handler: str, *, python: Path, root: Path, environment: Mapping[str, str], output: int
    ) -> "FunctionProcess":
        """Start it in the folder `root` with exactly this environment, both its outputs to the file `output`."""
        tether = [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid())]
        runtime = [str(python), "-m", CLIENT, handler]
        return cls(
            SPAWNER.spawn(
                lambda: subprocess.Popen(
                    [*tether, *runtime],
                    cwd=root,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            )
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and its process group, unless it has ended."""
        if self._process.returncode is None:
            os.killpg(self._process.pid, number)

    async def exited(self) -> None:
        """Wait for its end, then end what it left behind."""
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        handle = os.pidfd_open(self._process.pid)
        loop.add_reader(handle, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)
        # Not yet waited for, so that its number, and with it the group's, is still its own.
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def crash(self) -> Failed:
        """How it ended, in the platform's words."""
        code = self._process.returncode
        how = f"exit status {code}" if code >= 0 else f"signal: {(signal.strsignal(-code) or '').lower()}"
        return Failed(EXITED, f"Runtime exited with error: {how}")
