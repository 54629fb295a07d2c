"""How servers get ports that nobody else has."""

import os
import socket

import pytest

from infra.local import ports as ports_module
from infra.local.ports import free_ports, listens
from infra.local.processes import StartError
from infra.local.servers.attempts import on_free_ports


def test_free_ports_are_distinct() -> None:
    ports = free_ports(20, offsets=(0, 10000))
    assert len(set(ports)) == 20


@pytest.mark.parametrize("offset", [0, 1])
def test_a_port_that_somebody_holds_is_not_free_and_nor_is_one_that_would_need_it(
    monkeypatch: pytest.MonkeyPatch, offset: int
) -> None:
    """Only what is held can be proven to be held: whether the others stay free is up to the rest of the machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = server.getsockname()[1]
        monkeypatch.setattr(ports_module, "_FIRST", held - offset)
        monkeypatch.setattr(ports_module, "_LAST", held - offset + 1)
        with pytest.raises(OSError, match="only 0 of 1"):
            free_ports(1, offsets=(0, offset))


def test_a_port_belongs_to_the_process_that_listens_and_to_no_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(os.getpid(), port)
        assert not listens(os.getppid(), port)
    assert not listens(os.getpid(), port)


def test_a_server_that_lost_the_race_for_its_port_gets_another_one() -> None:
    tried: list[int] = []

    def attempt(ports: list[int]) -> int:
        tried.extend(ports)
        if len(tried) < 3:
            raise StartError("loser", 1, "address in use")
        return ports[0]

    assert on_free_ports(1, attempt) == tried[2]


def test_a_server_that_never_gets_ready_is_not_tried_for_ever() -> None:
    tried: list[int] = []

    def attempt(ports: list[int]) -> int:
        tried.extend(ports)
        raise StartError("loser", 1, "broken")

    with pytest.raises(StartError, match="broken"):
        on_free_ports(1, attempt)
    assert len(tried) == 4


def test_a_server_that_is_merely_slow_is_not_tried_again() -> None:
    tried: list[int] = []

    def attempt(ports: list[int]) -> int:
        tried.extend(ports)
        raise StartError("slow", None, "")

    with pytest.raises(StartError):
        on_free_ports(1, attempt)
    assert len(tried) == 1
