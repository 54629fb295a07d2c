"""A door on a real store, its settings in the environment as Lambda puts them there."""

import asyncio
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.guard import LOOPBACK
from infra.local.ports import free_ports
from shared.collections import ensure
from tests.integration.handler.door import CANARY, Door
from tests.support.desk import KEY, NEXT_KEY


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, mongodb_uri: str) -> pytest.MonkeyPatch:
    """Every value that nobody may read in a log holds the canary; nobody listens where QStash should be."""
    settings = {
        "STAGE": "prod",
        "LOG_LEVEL": "INFO",
        "MONGODB_URI": f"{mongodb_uri}/{CANARY}",
        "MONGODB_DATABASE": f"test_{secrets.token_hex(6)}",
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
        "QSTASH_URL": f"http://{LOOPBACK}:{free_ports(1)[0]}",
        "QSTASH_TOKEN": f"token-{CANARY}",
        "FAILURE_CALLBACK_URL": f"https://failed.example/{CANARY}",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for name in ("DELIVERY_URL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def door(environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Door]:
    door = Door(capfd)
    process = door.process
    process.run(ensure(process.database))
    capfd.readouterr()
    yield door
    process.run(process.database.client.drop_database(process.database.name))
    close(door)


@pytest.fixture
def unreached(environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Door]:
    """A door that has not built anything yet, for tests that change the settings first."""
    door = Door(capfd)
    yield door
    close(door)


def close(door: Door) -> None:
    """A Lambda never does; a test that left its loop open would be told so by a warning."""
    built: dict[str, Any] = vars(door.process)
    if "database" in built:
        built["database"].client.close()
    if "loop" in built:
        built["loop"].close()
        asyncio.set_event_loop(None)
