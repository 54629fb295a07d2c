"""What the benchmarks of Redis stand on: a path that is as slow as it was told to be, and counts what passes."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.slow_path.path import SlowPath, slow_path


@pytest.fixture
def path(tmp_path: Path) -> Iterator[SlowPath]:
    """A slow path to an echo, which answers in one piece when it has heard a full stop."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def echo() -> None:
            connection, _ = listening.accept()
            heard = b""
            with connection:
                while part := connection.recv(4096):
                    heard += part
                    if b"." in part:
                        connection.sendall(heard)
                        heard = b""

        thread = threading.Thread(target=echo)
        thread.start()
        with slow_path(tmp_path, "slow", f"127.0.0.1:{listening.getsockname()[1]}") as made:
            yield made
        thread.join()


def connected(path: SlowPath) -> socket.socket:
    host, _, port = path.address.partition(":")
    return socket.create_connection((host, int(port)), timeout=5)


def asked(connection: socket.socket, *parts: bytes) -> bytes:
    """What is answered to parts that are sent one after the other."""
    for part in parts:
        connection.sendall(part)
        time.sleep(0.005)
    answer = b""
    while len(answer) < len(b"".join(parts)):
        answer += connection.recv(4096)
    return answer


def test_a_round_trip_takes_the_delay_longer(path: SlowPath) -> None:
    with connected(path) as connection:
        asked(connection, b"opened.")
        path.dial.delay = 0.08
        started = time.perf_counter()
        asked(connection, b"ping.")

        assert time.perf_counter() - started >= 0.08


def test_a_question_in_parts_is_one_round_trip_and_arrives_in_order(path: SlowPath) -> None:
    path.dial.delay = 0.05
    with connected(path) as connection:
        assert asked(connection, b"head,", b"body,", b"end.") == b"head,body,end."

    assert path.dial.trips == 1


def test_every_question_after_an_answer_is_a_round_trip_more(path: SlowPath) -> None:
    with connected(path) as connection:
        for _ in range(3):
            asked(connection, b"ping.")

    assert path.dial.trips == 3
