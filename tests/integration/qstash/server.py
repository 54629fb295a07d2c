"""The local QStash as a process that tests may stop, kill and start again in the same folder."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from infra.local.qstash.settings import DEVELOPMENT_TOKEN

_ROOT = Path(__file__).parents[3]


class Server:
    def __init__(self, state: Path, *options: str) -> None:
        self._state = state
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self, *options: str) -> str:
        """Its URL, once it listens."""
        command = [sys.executable, "-m", "infra.local.qstash", "--state", str(self._state)]
        self._process = subprocess.Popen(
            [*command, *self._options, *options], cwd=_ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ready, _, port = self._process.stdout.readline().strip().partition(" ")
        assert ready == "ready"
        self.url = f"http://127.0.0.1:{port}"
        return self.url

    def stop(self) -> None:
        """As a supervisor would: politely."""
        self._end("terminate")

    def kill(self) -> None:
        """As the kernel would: at once."""
        self._end("kill")

    @contextmanager
    def running(self) -> Iterator["Server"]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One call with the token; headers and content as httpx takes them."""
        headers = {"Authorization": f"Bearer {DEVELOPMENT_TOKEN}"} | options.pop("headers", {})
        with httpx.Client(timeout=20, trust_env=False) as client:
            return client.request(method, self.url + path, headers=headers, **options)

    def _end(self, how: str) -> None:
        if self._process is None:
            return
        getattr(self._process, how)()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None
