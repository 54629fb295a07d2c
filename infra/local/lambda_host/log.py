"""A function's log: what its processes print, between the lines that Lambda's platform adds."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from infra.local.lambda_host.outcome import TIMED_OUT, Failed
from infra.local.serverless import FunctionSpec


class FunctionLog:
    """One file a function, appended to by the host and by all of the function's processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
        self._file = -1

    def fileno(self) -> int:
        """What a process writes its standard output and error to."""
        return self._file

    def line(self, text: str) -> None:
        """Append one line, whole: appends of this size do not interleave."""
        os.write(self._file, f"{text}\n".encode())


def start_line(request_id: str) -> str:
    return f"START RequestId: {request_id} Version: $LATEST"


def end_lines(spec: FunctionSpec, request_id: str, seconds: float, init: float | None) -> str:
    """The END and REPORT lines; `init` is the start-up of a process that this invocation began, in seconds."""
    milliseconds = seconds * 1000
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
        f"Billed Duration: {int(milliseconds) + 1} ms\tMemory Size: {spec.memory} MB"
    )
    cold = "" if init is None else f"\tInit Duration: {init * 1000:.2f} ms"
    return f"END RequestId: {request_id}\n{report}{cold}"


def init_failure_line(failure: Failed, seconds: float) -> str:
    status = "timeout" if failure.error_type == TIMED_OUT else "error"
    return (
        f"INIT_REPORT Init Duration: {seconds * 1000:.2f} ms\tPhase: init\tStatus: {status}\t"
        f"Error Type: {failure.error_type}"
    )


def failure_line(failure: Failed, request_id: str, now: float) -> str:
    """What the platform itself has to say about an invocation that a function did not end."""
    if failure.error_type == TIMED_OUT:
        at = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"{at} {request_id} {failure.message}"
    return f"RequestId: {request_id} Error: {failure.message}\n{failure.error_type}"
