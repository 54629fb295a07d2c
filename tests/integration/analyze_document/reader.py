"""A worker's child for the tests: reads plain text, or does what the file's name says, for good or ill."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from shared.worker.child import Decline, serve


def answer(request: dict[str, Any]) -> dict[str, Any]:
    match Path(request["name"]).stem.split("-"):
        case ["declined", reason]:
            raise Decline(reason)
        case ["slow"]:
            time.sleep(600)
        case ["large"]:
            bytearray(10**12)
        case ["died"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["broken"]:
            os._exit(1)
    text = Path(request["path"]).read_bytes()
    Path(request["into"]).write_bytes(text)
    return {
        "characters": len(text.decode()),
        "pages": None,
        "truncated": Path(request["name"]).stem == "long",
        "title": None,
        "encoding": "utf-8",
    }


if __name__ == "__main__":
    serve(answer)
