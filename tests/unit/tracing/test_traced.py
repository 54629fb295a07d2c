"""What is sent to X-Ray's daemon is asked for by AWS, and costs the work nothing where the daemon is not there."""

import itertools
import json
import socket
from collections.abc import Iterator

import pytest

from shared.tracing import traced

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Loopback delivers within the call that sends: what has not come by then was not sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"{TRACE};Lineage=1:a87bd80c:0")
        monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "false")
        yield listening


def work() -> None:
    with traced(itertools.count(10.0).__next__, "say", run="r", attempt=1):
        pass


def test_a_subsegment_of_the_invocation_is_sent_when_the_work_has_ended(daemon: socket.socket) -> None:
    work()

    header, document = daemon.recv(65536).split(b"\n")
    segment = json.loads(document)
    assert json.loads(header) == {"format": "json", "version": 1}
    assert len(bytes.fromhex(segment.pop("id"))) == 8
    assert segment == {
        "type": "subsegment",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "parent_id": "53995c3f42cd8ad8",
        "name": "## say",
        "start_time": 10.0,
        "end_time": 11.0,
        "annotations": {"run": "r", "attempt": 1},
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POWERTOOLS_TRACE_DISABLED", "true"),
        ("_X_AMZN_TRACE_ID", TRACE.replace("Sampled=1", "Sampled=0")),
        ("_X_AMZN_TRACE_ID", "Sampled=1"),
        ("_X_AMZN_TRACE_ID", ""),
    ],
)
def test_nothing_is_sent_of_an_invocation_that_is_not_traced(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    work()

    with pytest.raises(BlockingIOError):
        daemon.recv(65536)


@pytest.mark.parametrize("address", ["", "nowhere", "127.0.0.1:0", "127.0.0.1:1", "127.0.0.1:65536"])
def test_the_work_is_done_where_no_daemon_listens(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    work()
