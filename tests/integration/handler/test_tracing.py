"""X-Ray sees that a job worked, for which run and for how long, and nothing of what it worked on."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.handler.door import CANARY

ROOT = Path(__file__).parents[3]
SCRIPT = "tests.integration.handler.traced_delivery"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """What AWS has beside each Lambda: it listens, and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.5)
        yield listening


def deliver(environment: pytest.MonkeyPatch, daemon: socket.socket, work: str) -> str:
    """The run that was delivered, in a process of its own."""
    environment.setenv("POWERTOOLS_TRACE_DISABLED", "false")
    environment.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{daemon.getsockname()[1]}")
    environment.setenv("_X_AMZN_TRACE_ID", TRACE)
    command = [sys.executable, "-m", SCRIPT, work]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ.copy(), check=False)
    (run,) = (line.removeprefix("run ") for line in done.stdout.splitlines() if line.startswith("run "))
    assert '"message":"delivery"' in done.stdout or work == "leaves", done.stderr
    return run


def received(daemon: socket.socket) -> list[bytes]:
    packets = []
    try:
        while True:
            packets.append(daemon.recv(65536))
    except TimeoutError:
        return packets


@pytest.mark.parametrize("work", ["answers", "raises", "leaves"])
def test_the_work_is_a_subsegment_with_run_job_and_attempt_and_neither_answer_nor_exception(
    environment: pytest.MonkeyPatch, daemon: socket.socket, work: str
) -> None:
    run = deliver(environment, daemon, work)

    (packet,) = received(daemon)
    header, _, document = packet.partition(b"\n")
    assert json.loads(header) == {"format": "json", "version": 1}
    segment: dict[str, Any] = json.loads(document)
    assert segment["name"] == "## say"
    assert segment["type"] == "subsegment"
    assert (segment["trace_id"], segment["parent_id"]) == ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8")
    assert re.fullmatch("[0-9a-f]{16}", segment["id"])
    assert segment["annotations"] == {"run": run, "job": "say", "attempt": 1}
    assert segment["end_time"] >= segment["start_time"]
    assert segment.keys().isdisjoint({"metadata", "cause", "http"})
    assert CANARY.encode() not in packet
