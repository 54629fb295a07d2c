"""X-Ray: one subsegment around a job's work, by which a trace is found from a run's id, below AWS's own segments.

A document of JSON by UDP to the daemon that each Lambda has beside it, which is all that X-Ray's SDK would do for us:
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
Importing that SDK takes as long as everything else that a job imports (docs/benchmarks.md). AWS records the invocation,
its start and its errors without it.
"""

import json
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

HEADER: Final = b'{"format": "json", "version": 1}\n'


@contextmanager
def traced(now: Callable[[], float], name: str, /, **annotations: str | int) -> Iterator[None]:
    """Says of what happens inside how long it took, and `annotations`: never an answer or an exception's text."""
    header = _header()
    if header.get("Sampled") != "1":  # AWS decides which invocations are traced
        yield
        return
    started = now()
    try:
        yield
    finally:
        _send(
            {
                "type": "subsegment",
                "trace_id": header["Root"],
                "parent_id": header["Parent"],
                "id": secrets.token_hex(8),
                "name": f"## {name}",
                "start_time": started,
                "end_time": now(),
                "annotations": annotations,
            }
        )


def _header() -> Mapping[str, str]:
    """What the runtime was told of this invocation's trace: `Root=..;Parent=..;Sampled=1`; empty if it has none."""
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in {"1", "true"}:
        return {}
    parts = dict(part.partition("=")[::2] for part in os.environ.get("_X_AMZN_TRACE_ID", "").split(";"))
    return parts if {"Root", "Parent"} <= parts.keys() else {}


def _send(segment: Mapping[str, Any]) -> None:
    """Nobody answers. What cannot be sent is not traced, and harms nobody."""
    host, _, port = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "").rpartition(":")
    if not port.isdecimal():
        return
    with suppress(OSError, OverflowError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.setblocking(False)
        daemon.sendto(HEADER + json.dumps(segment).encode(), (host, int(port)))
