"""Handlers for the host's tests: each does one thing that a function may do, well or badly."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

_CALLS = 0


def echo(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return event


def process(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Says who it is, after the seconds that the query asks for and when the file that it names is there."""
    global _CALLS  # noqa: PLW0603 - what a warm process remembers is what is tested
    _CALLS += 1
    asked = event.get("queryStringParameters", {})
    time.sleep(float(asked.get("sleep", 0)))
    while "until" in asked and not Path(asked["until"]).exists():
        time.sleep(0.01)
    return {"pid": os.getpid(), "calls": _CALLS}


def environment(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "request_id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "remaining_ms": context.get_remaining_time_in_millis(),
    }


def answer(event: dict[str, Any], context: Any) -> Any:
    """Returns what it was sent, as if it had thought of it."""
    import json

    return json.loads(event["body"])


def big(event: dict[str, Any], context: Any) -> dict[str, Any]:
    size = int(event["queryStringParameters"]["size"])
    return {"statusCode": 200, "body": "x" * (size - len('{"statusCode": 200, "body": ""}'))}


def raises(event: dict[str, Any], context: Any) -> None:
    raise ValueError("no good")


def leaves(event: dict[str, Any], context: Any) -> None:
    os._exit(3)


def prints(event: dict[str, Any], context: Any) -> str:
    sys.stdout.write("to standard output\n")
    sys.stderr.write("to standard error\n")
    return "printed"


def hangs_with_a_child(event: dict[str, Any], context: Any) -> None:
    child = subprocess.Popen(["/bin/sleep", "300"])
    sys.stdout.write(f"child {child.pid}\n")
    time.sleep(300)


def leaves_a_thread(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Counts in a thread that it does not wait for, and says how far it came between two calls."""
    counted = _COUNT[0]
    if not counted:
        threading.Thread(target=_count, daemon=True).start()
    return {"counted": counted}


_COUNT = [0]


def _count() -> None:
    while True:
        _COUNT[0] += 1
        time.sleep(0.001)
