"""The child's side: `serve` asks one function again and again, until the parent is gone.

    def answer(request: dict[str, Any]) -> dict[str, Any] | tuple[dict[str, Any], bytes]: ...

    if __name__ == "__main__":
        serve(answer)

What keeps it from starting is told on standard error, which is the parent's, and so the log. Once it serves, whatever a
library prints goes nowhere: it may quote a stranger's file, as Rust does when it panics.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from traceback import extract_tb
from typing import Any, BinaryIO, Final

from shared.worker.frames import LENGTHS, packed, unpacked
from shared.worker.limits import Limits

Answer = Callable[[dict[str, Any]], dict[str, Any] | tuple[dict[str, Any], bytes]]

_PR_SET_PDEATHSIG: Final = 1


class Decline(Exception):
    """Raised by the function: it will not do this, and why, in one word and some figures."""

    def __init__(self, reason: str, **data: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.data = data


def serve(answer: Answer) -> None:
    """Returns when the parent has closed the pipe. `sys.argv` holds the parent's process id and the limits."""
    parent, memory, file_size = map(int, sys.argv[1:4])
    _die_with(parent)
    Limits(memory, file_size).set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the parent's to answer
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    _silence()
    while (request := _read(requests)) is not None:
        head, body = _answered(answer, request)
        answers.write(packed(head, body))
        answers.write(body)
        answers.flush()


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _die_with(parent: int) -> None:
    """Killed by the kernel when the parent ends, however it does (prctl(2)); Linux alone knows it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that was set
            os._exit(0)


def _read(requests: BinaryIO) -> dict[str, Any] | None:
    lengths = requests.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    return unpacked(requests.read(LENGTHS.unpack(lengths)[0]))


def _answered(answer: Answer, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        found = answer(request)
    except Decline as no:
        return {"declined": no.reason, "data": no.data}, b""
    except MemoryError:
        return {"over": "memory"}, b""
    except Exception as fault:  # noqa: BLE001 - the parent raises it anew, without its text: that may quote the file
        return {"fault": type(fault).__name__, "where": _where(fault)}, b""
    value, body = found if isinstance(found, tuple) else (found, b"")
    return {"answer": value}, body


def _where(fault: Exception) -> str:
    frames = extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
