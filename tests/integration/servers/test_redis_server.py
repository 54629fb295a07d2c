"""The Valkey server of the local stack."""

import socket
from pathlib import Path

import pytest
from valkey import Valkey

from infra.local.processes import StartError
from infra.local.servers import redis


def client(server: redis.Running) -> Valkey:
    return Valkey(host="127.0.0.1", port=server.port, socket_timeout=5, decode_responses=True)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    server = redis.start(tmp_path / "data", log_dir=tmp_path)
    with client(server) as before:
        for number in range(50):
            before.set(f"key:{number}", number)
    server.kill()
    again = redis.start(tmp_path / "data", log_dir=tmp_path)
    with client(again) as after:
        assert after.dbsize() == 50
        assert after.get("key:49") == "49"
    again.stop()


def test_two_run_side_by_side(tmp_path: Path) -> None:
    one = redis.start(tmp_path / "one", log_dir=tmp_path, name="one")
    two = redis.start(tmp_path / "two", log_dir=tmp_path, name="two")
    with client(one) as first, client(two) as second:
        first.set("whose", "one")
        assert second.get("whose") is None
    one.stop()
    assert two.child.alive()
    two.stop()


def test_a_fixed_port_that_is_taken_is_an_error_even_if_what_holds_it_answers(tmp_path: Path) -> None:
    first = redis.start(tmp_path / "one", log_dir=tmp_path, name="one")
    with pytest.raises(StartError, match="Address already in use"):
        redis.start(tmp_path / "two", log_dir=tmp_path, name="two", port=first.port)
    first.stop()


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    server = redis.start(tmp_path / "data", log_dir=tmp_path)
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.2", server.port))
    server.stop()
