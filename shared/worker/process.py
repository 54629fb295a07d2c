"""One child process: started, asked, killed. Which child is asked, and what its silence means, is worker.py's."""

import asyncio
import os
import signal
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any, Final, Self

from shared.worker.frames import LENGTHS, lengths, packed, unpacked
from shared.worker.limits import Limits

_KEPT: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ")
"""What a child may know of our environment: where libraries are, and nothing that is a secret."""

ENDING: Final = 1.0
"""Seconds that a child which has closed its pipe is given to end."""


class Ended(Exception):
    """The child is no more, or spoke no frames and was killed. `status` is its exit status."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class Child:
    def __init__(self, process: Process, requests: StreamWriter, answers: StreamReader) -> None:
        self._process = process
        self._requests = requests
        self._answers = answers

    @classmethod
    async def start(cls, module: str, limits: Limits) -> Self:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        # As the parent sees it: in Lambda the packages lie beside the code, and AWS's runtime adds folders of its own.
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-sPm", module, str(os.getpid()), str(limits.memory), str(limits.file_size)]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=environment, process_group=0
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child without pipes")
        return cls(process, process.stdin, process.stdout)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Raises Ended."""
        try:
            self._requests.write(packed(request))
            await self._requests.drain()
            head, body = lengths(await self._answers.readexactly(LENGTHS.size))
            return unpacked(await self._answers.readexactly(head)), await self._answers.readexactly(body)
        except (OSError, asyncio.IncompleteReadError, ValueError, RecursionError) as error:
            await self._end()
            raise Ended(self._process.returncode) from error

    async def _end(self) -> None:
        """One that closed its pipe is about to end: its own status says why, a kill's would not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING):
                await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """With what it has started, which would hold its pipes; and reap it: no zombie is left, and no pipe."""
        with suppress(ProcessLookupError):
            if self.alive:
                os.killpg(self.pid, signal.SIGKILL)
        self._requests.close()
        with suppress(OSError):
            await self._requests.wait_closed()
        await self._process.wait()
