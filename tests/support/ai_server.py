"""The local model, as tests give it orders and count what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from infra.local.guard import LOOPBACK
from infra.local.processes import module, start

KEY: Final = "an-ai-key-of-the-tests"
PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class AiServer:
    url: str

    def order(self, *faults: dict[str, Any], always: dict[str, Any] | None = None) -> None:
        self._ask("POST", "faults", {"next": list(faults), "always": always})

    def calls(self) -> list[dict[str, Any]]:
        called: list[dict[str, Any]] = self._ask("GET", "calls")["data"]
        return called

    def clear(self) -> None:
        """No orders, and nothing asked."""
        self.order()
        self._ask("DELETE", "calls")

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = httpx.request(method, f"{self.url}/local/{path}", json=body, timeout=PATIENCE, trust_env=False)
        return answer.raise_for_status().json()


@contextmanager
def running(folder: Path) -> Iterator[AiServer]:
    child = start("ai", module("infra.local.ai", "--key", KEY), log_dir=folder)
    yield AiServer(f"http://{LOOPBACK}:{child.port}")
    child.stop()
