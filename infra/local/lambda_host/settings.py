"""How the host behaves: AWS's numbers, which a test may shrink, and the time and randomness that it lives by."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from infra.local.lambda_host.runtime import AT_HAND, Runtime

REQUEST_LIMIT: Final = 6 * 1024 * 1024
"""Bytes of an event, its envelope and base64 included."""
RESPONSE_LIMIT: Final = 6 * 1024 * 1024 + 100
"""Bytes of what a function returns, before it is decoded (the odd hundred is AWS's)."""


def _new_id() -> str:
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class HostSettings:
    """What holds for all functions of one host."""

    root: Path
    """The folder that is LAMBDA_TASK_ROOT and the working directory: what would be in the zip."""
    log_dir: Path
    roots: Mapping[str, Path] = field(default_factory=dict)
    """By function: its own folder instead, where it was unpacked from its zip."""
    runtime: Runtime = AT_HAND
    region: str = "eu-central-1"
    account: str = "000000000000"
    init_timeout: float = 10
    """Seconds that a process has to import its handler before it is started over."""
    integration_timeout: float = 30
    """Seconds after which an HTTP API stops waiting for the function."""
    unreserved_concurrency: int = 10
    """What a function without reserved concurrency may take: the whole quota of a new AWS account."""
    freeze: bool = True
    """Whether a process is stopped between invocations, as a sandbox is: its threads, timers and sockets rest."""
    now: Callable[[], float] = time.time
    new_id: Callable[[], str] = _new_id

    def root_of(self, name: str) -> Path:
        """Where a function runs."""
        return self.roots.get(name, self.root)
