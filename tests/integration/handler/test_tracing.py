"""X-Ray sees that a job worked, for which run and for how long, and nothing of what it worked on."""

import json
import os
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


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """Where X-Ray's SDK sends its segments."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.5)
        yield listening


def deliver(environment: pytest.MonkeyPatch, daemon: socket.socket, work: str, *, disabled: str) -> dict[str, str]:
    """What the process said of itself, by its first word."""
    environment.setenv("POWERTOOLS_TRACE_DISABLED", disabled)
    environment.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{daemon.getsockname()[1]}")
    environment.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
    environment.setenv("LAMBDA_TASK_ROOT", "/var/task")
    done = subprocess.run(
        [sys.executable, "-m", SCRIPT, work],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ.copy(),
        check=False,
    )
    assert "xray" in done.stdout, done.stderr
    return dict(line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("run ", "xray ")))


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
    said = deliver(environment, daemon, work, disabled="false")

    (packet,) = received(daemon)
    segment: dict[str, Any] = json.loads(packet.split(b"\n", 1)[1])
    assert segment["name"] == "## say"
    assert segment["annotations"] == {"run": said["run"], "job": "say", "attempt": 1}
    assert segment["end_time"] >= segment["start_time"]
    assert segment.keys().isdisjoint({"metadata", "cause", "http"})
    assert CANARY.encode() not in packet


def test_where_tracing_is_off_its_sdk_is_not_even_imported(
    environment: pytest.MonkeyPatch, daemon: socket.socket
) -> None:
    said = deliver(environment, daemon, "answers", disabled="true")

    assert said["xray"] == "False"
    assert received(daemon) == []
