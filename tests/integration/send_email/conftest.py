"""A real store, the local Resend in a process of its own, and a bench on both."""

import time
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
import resend
from pydantic import SecretStr

from functions.send_email.prepare import Letterhead
from functions.send_email.render import render
from functions.send_email.resend_client import ResendClient
from functions.send_email.sending import Services
from infra.local.processes import Child, module, start
from shared.breakers import LocalBreaker
from shared.config import TokenSettings
from shared.database import Database
from shared.tokens import KeyRing, key_ring
from tests.integration.send_email.bench import API_KEY, KID, SECRET, Bench, mail_settings


@pytest.fixture(scope="session")
def resend_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    folder = tmp_path_factory.mktemp("resend")
    options = ["--state", str(folder / "state"), "--api-key", API_KEY, "--rate", "0"]
    child = start("resend", module("infra.local.resend", *options), log_dir=folder)
    yield child
    child.stop()


@pytest.fixture
def resend_url(resend_server: Child, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address. What our client sets in the SDK's module is undone after the test."""
    for name in ("api_key", "api_url", "default_async_http_client"):
        monkeypatch.setattr(resend, name, getattr(resend, name))
    url = f"http://127.0.0.1:{resend_server.port}"
    httpx.post(f"{url}/local/faults", json={"next": []}, timeout=30).raise_for_status()
    return url


@pytest.fixture
def keys() -> KeyRing:
    return key_ring(TokenSettings(stage="prod", token_keys=SecretStr(f"{KID}:{SECRET}")))


@pytest.fixture
def mailer(resend_url: str) -> ResendClient:
    return ResendClient(mail_settings(resend_url))


@pytest.fixture
def bench(database: Database, resend_url: str, keys: KeyRing, mailer: ResendClient) -> Bench:
    to, operator = f"ann-{uuid4()}@race.dev", f"op-{uuid4()}@race.dev"
    breaker = LocalBreaker("resend", time.monotonic, failures=100)
    head = Letterhead("Mill <mill@race.dev>", (operator,), "https://app.race.dev", "dev")
    return Bench(database, resend_url, to, Services(database, mailer, render, keys, head, breaker))
