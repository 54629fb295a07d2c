"""A worker's child for the tests: reads plain text, or does what stands in it, for good or ill."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from shared.worker.child import Decline, serve


def answer(request: dict[str, Any]) -> dict[str, Any]:
    body = Path(request["path"]).read_bytes()
    text = body.decode()
    match text.split():
        case ["decline", reason]:
            raise Decline(reason)
        case ["sleep"]:
            time.sleep(600)
        case ["allocate"]:
            bytearray(10**12)
        case ["die"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["leave"]:
            os._exit(1)
    Path(request["into"]).write_bytes(body)
    return {
        "characters": len(text),
        "truncated": text.startswith("truncated"),
        "encoding": "utf-8",
    }


if __name__ == "__main__":
    serve(answer)
