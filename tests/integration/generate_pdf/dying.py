"""A typesetter for the tests that a signal ends, whatever it is given to set."""

import os
import signal
from typing import Any

from shared.worker.child import serve


def answer(_: dict[str, Any]) -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


if __name__ == "__main__":
    serve(answer)
