"""A MongoDB-compatible server (SecantusDB): a replica set of one, with transactions and change streams.

A beta for development only; production is MongoDB. Without --sync-on-commit it loses
acknowledged writes at a kill -9, so the kept variant always has it.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.ports import listens
from infra.local.processes import Child
from infra.local.servers.attempts import on_free_ports

_PATIENCE_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Running:
    child: Child
    port: int
    throw_away: bool

    @property
    def uri(self) -> str:
        return f"mongodb://{LOOPBACK}:{self.port}"

    def stop(self) -> None:
        """End it; a kept one gets the two seconds that it takes to close, a throw-away one has nothing to close."""
        if self.throw_away:
            self.kill()
        else:
            self.child.stop()

    def kill(self) -> None:
        self.child.kill()


def start(directory: Path, *, log_dir: Path, port: int = 0, name: str = "mongo", throw_away: bool = False) -> Running:
    """Start a server at `port` (0: a free one) that keeps its data in `directory`.

    A `throw_away` one is faster, forgets everything when it ends, and leaves its scraps in `directory`.
    """
    if port:
        return _start(directory, log_dir, port, name, throw_away=throw_away)
    return on_free_ports(1, lambda ports: _start(directory, log_dir, ports[0], name, throw_away=throw_away))


def _start(directory: Path, log_dir: Path, port: int, name: str, *, throw_away: bool) -> Running:
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "secantusd.toml"
    settings.touch()  # an empty one named here keeps it from reading the user's own
    storage = [":memory:"] if throw_away else [str(directory / "data"), "--sync-on-commit"]
    argv = processes.module("infra.local.servers.secantus", "--config", str(settings))
    argv += ["--host", LOOPBACK, "--port", str(port)]
    argv += ["--cache-size", "256M", "--log-level", "WARNING", "--storage-path", *storage]
    child = processes.start(
        name,
        argv,
        log_dir=log_dir,
        env={**os.environ, "TMPDIR": str(directory)},
        ready=lambda child: listens(child.pid, port) and _answers(port),
    )
    return Running(child, port, throw_away)


def _answers(port: int) -> bool:
    """Whether it calls itself a primary that takes writes."""
    client: MongoClient[dict[str, object]] = MongoClient(
        LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=_PATIENCE_MS, socketTimeoutMS=_PATIENCE_MS
    )
    with client:
        try:
            return client.admin.command("hello").get("isWritablePrimary") is True
        except PyMongoError:
            return False
