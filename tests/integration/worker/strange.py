"""A child for the tests: it does what its request says, for good or ill."""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from shared.worker.child import Answer, Decline, serve
from shared.worker.frames import LENGTHS

COUNT: Final = itertools.count(1)
"""How often this very process was asked."""
HELD: Final[list[bytearray]] = []


def tell(_: dict[str, Any]) -> dict[str, Any]:
    return {"pid": os.getpid(), "asked": next(COUNT), "environment": sorted(os.environ)}


def body(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    return {"size": request["size"]}, b"x" * request["size"]


def speak(_: dict[str, Any]) -> dict[str, Any]:
    sys.stdout.write("a library's own words")
    sys.stdout.flush()
    os.write(1, b"and more")
    return {}


def sleep(request: dict[str, Any]) -> dict[str, Any]:
    Path(request["file"]).write_text(str(os.getpid()), "utf-8")
    time.sleep(600)
    return {}


def compute(_: dict[str, Any]) -> dict[str, Any]:
    while True:
        pass


def allocate(request: dict[str, Any]) -> dict[str, Any]:
    return {"length": len(bytearray(request["size"]))}


def hoard(_: dict[str, Any]) -> dict[str, Any]:
    """As a library does that loses what it had when an allocation fails."""
    while True:
        HELD.append(bytearray(10_000_000))


def hold(request: dict[str, Any]) -> dict[str, Any]:
    HELD.append(bytearray(request["size"]))
    return {}


def fork(_: dict[str, Any]) -> dict[str, Any]:
    """A child of its own, which holds its pipes."""
    if not (pid := os.fork()):
        time.sleep(600)
    return {"pid": pid}


def nest(_: dict[str, Any]) -> dict[str, Any]:
    """A head that is deeper than any JSON."""
    head = b"[" * 100_000
    for descriptor in range(3, 10):
        with suppress(OSError):
            os.write(descriptor, LENGTHS.pack(len(head), 0))
            os.write(descriptor, head)
    return {}


def write(request: dict[str, Any]) -> dict[str, Any]:
    Path(request["file"]).write_bytes(b"x" * request["size"])
    return {}


def die(request: dict[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), request["signal"])
    return {}


def die_once(request: dict[str, Any]) -> dict[str, Any]:
    if not Path(request["file"]).exists():
        Path(request["file"]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"pid": os.getpid()}


def decline(_: dict[str, Any]) -> dict[str, Any]:
    raise Decline("too_long", pages=3)


def stumble(request: dict[str, Any]) -> dict[str, Any]:
    raise KeyError(request["secret"])


def leave(_: dict[str, Any]) -> dict[str, Any]:
    sys.exit(3)


def scribble(_: dict[str, Any]) -> dict[str, Any]:
    """Whatever its pipe to the parent is, it says something else there: a length without end."""
    for descriptor in range(3, 10):
        with suppress(OSError):
            os.write(descriptor, b"\xff" * 64)
    return {}


DOES: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    do.__name__: do
    for do in (
        *(tell, body, speak, sleep, compute, allocate, hold, hoard, fork, nest),
        *(write, die, die_once, decline, stumble, leave, scribble),
    )
}

answer: Answer = lambda request: DOES[request["do"]](request)  # noqa: E731 - its type is what serve takes

if __name__ == "__main__":
    serve(answer)
