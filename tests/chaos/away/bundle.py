"""Every function of serverless.yml in this process: its real handler, its own environment, its own thread and loop.

A handler's module is executed anew for each test, as a new sandbox does it, so that nothing is warm from another test.
"""

import asyncio
import importlib
import importlib.util
import json
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from types import ModuleType
from typing import Any, Final
from unittest import mock

from pydantic import BaseModel

from functions.registry import contracts
from functions.send_email.contract import SendEmail, SignInMail
from infra.local.processes import ROOT
from infra.local.serverless import Addresses, FunctionSpec, read_service
from shared.contract import Contract, PublicFace
from shared.worker import Worker

VARIABLES: Final = {
    "mongodb": "MONGODB_URI",
    "redis": "UPSTASH_REDIS_REST_URL",
    "qstash": "QSTASH_URL",
    "resend": "RESEND_API_URL",
    "storage": "STORAGE_ENDPOINT",
    "ai": "AI_URL",
}
"""Who is asked, by the variable that says where."""

ANSWERS: Final = 12.0
"""Seconds in which the API must answer: under the 29 s of its Lambda, and what a person waits."""
LEFT: Final = 4.0
"""Seconds that a job must leave of its Lambda's time."""


class Wish(BaseModel):
    to: str
    asked: str


def _may(_: Any, wish: Wish) -> SendEmail:
    return SendEmail(
        mail=SignInMail.model_validate({"to": wish.to, "kid": "local", "minutes": 15, "requested_at": wish.asked})
    )


def with_a_public_job() -> Mapping[str, Contract[Any]]:
    """The bundle's contracts; send_email may be started by callers too: its effect is what a test can count."""
    face = PublicFace(model=Wish, authorize=_may)
    return {**contracts(), "send_email": replace(contracts()["send_email"], public=face)}


@dataclass(frozen=True, slots=True)
class Told:
    """What a function answered, and after how long."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...]
    seconds: float

    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def degraded(self) -> set[str]:
        return {part.strip() for part in self.headers.get("x-degraded", "").split(",") if part.strip()}


class Sandbox:
    """One function in one thread."""

    def __init__(self, spec: FunctionSpec) -> None:
        self.spec = spec
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=spec.name)
        self._module: ModuleType | None = None
        self._workers: list[Worker] = []

    @property
    def limit(self) -> float:
        return ANSWERS if self.spec.http_routes else self.spec.timeout - LEFT

    def call(self, event: Mapping[str, Any]) -> Told:
        """Raises TimeoutError when it hangs: AWS would end it there, and nobody would have an answer."""
        with mock.patch.dict(os.environ, self.spec.environment):
            return self._thread.submit(self._call, event).result(self.spec.timeout)

    def close(self) -> None:
        self._thread.submit(self._close).result(30)
        self._thread.shutdown()

    def _call(self, event: Mapping[str, Any]) -> Told:
        started = time.monotonic()
        answer = self._handler(event, _Context(started + self.spec.timeout))
        return Told(
            status=answer["statusCode"],
            headers={name.lower(): value for name, value in answer["headers"].items()},
            text=answer.get("body") or "",
            cookies=tuple(answer.get("cookies", ())),
            seconds=time.monotonic() - started,
        )

    @property
    def _handler(self) -> Any:
        name, _, attribute = self.spec.handler.rpartition(".")
        if self._module is None:
            self._module = _executed(name)
            if self.spec.http_routes:
                self._module.contracts = with_a_public_job  # type: ignore[attr-defined] # the module's own name for it
            if hasattr(self._module, "Worker"):
                self._module.Worker = self._worker  # type: ignore[attr-defined] # what its wiring calls
        return getattr(self._module, attribute)

    def _worker(self, *given: Any) -> Worker:
        self._workers.append(Worker(*given))
        return self._workers[-1]

    def _close(self) -> None:
        """What a sandbox leaves to AWS: its clients, its child processes and its loop."""
        if self._module is None:
            return
        process = self._handler._process
        built = vars(process)
        if "database" in built:
            process.database.client.close()
        if (loop := built.get("loop")) is not None:
            for worker in self._workers:
                loop.run_until_complete(worker.close())
            if "search" in built:
                loop.run_until_complete(process.search.close())
            if "ai" in built:
                loop.run_until_complete(process.ai.close())
            for transport in list(loop._transports.values()):
                transport.abort()
            loop.run_until_complete(_breathe())
            loop.close()


@dataclass(frozen=True, slots=True)
class _Context:
    ends_at: float
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self.ends_at - time.monotonic()) * 1000))


@contextmanager
def sandboxes(environment: Mapping[str, str], slot: str) -> Iterator[Mapping[str, Sandbox]]:
    """All functions, wired as they would be deployed; Function URLs are of the mail slot."""
    service = read_service(ROOT / "serverless.yml", stage="local", env=environment)
    addresses = Addresses(
        api="http://api.localhost", functions={name: f"http://{slot}/{name}/" for name in service.urls}
    )
    made = {spec.name: Sandbox(spec) for spec in service.specs(addresses)}
    try:
        yield made
    finally:
        for one in made.values():
            one.close()


@cache
def specs() -> Mapping[str, FunctionSpec]:
    """The functions as serverless.yml has them, with placeholders for what only a stack knows."""
    schemes = {"mongodb": "mongodb"}
    placeholders = {variable: f"{schemes.get(name, 'http')}://{name}.invalid" for name, variable in VARIABLES.items()}
    service = read_service(ROOT / "serverless.yml", stage="local", env=placeholders)
    addresses = Addresses(
        api="http://api.invalid", functions={name: f"http://{name}.invalid/" for name in service.urls}
    )
    return {spec.name: spec for spec in service.specs(addresses)}


def _executed(name: str) -> ModuleType:
    importlib.import_module(name)  # what it imports is shared; only the module itself is made anew
    found = importlib.util.find_spec(name)
    if found is None or found.loader is None:
        raise ModuleNotFoundError(name)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


async def _breathe() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
