"""A host with functions made for the tests, and a client that keeps no connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.lambda_host import HostSettings, LambdaHost
from infra.local.serverless import FunctionSpec

ROOT = Path(__file__).parent / "root"
SPEC = FunctionSpec(
    name="f",
    handler="behaviours.echo",
    timeout=60,
    memory=128,
    reserved_concurrency=None,
    environment={},
    has_url=True,
    deployed_name="millrace-local-f",
)


class Hosted:
    """A running host, with one function that most tests are about."""

    def __init__(self, host: LambdaHost, client: httpx.AsyncClient, log: Path) -> None:
        self.host = host
        self.client = client
        self._log = log

    @property
    def url(self) -> str:
        return self.host.addresses.functions["f"]

    async def call(self, path: str = "", **options: Any) -> httpx.Response:
        return await self.client.request(options.pop("method", "POST"), self.url + path, **options)

    def log(self) -> str:
        return self._log.read_text()


Start = Callable[..., Awaitable[Hosted]]


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Waits until a condition holds, for half a minute at most."""

    async def wait(condition: Callable[[], object]) -> None:
        for _ in range(6000):
            if condition():
                return
            await asyncio.sleep(0.005)
        pytest.fail("the condition never held")

    return wait


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process lives; one that has ended and that nobody has waited for yet does not."""

    def lives(pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state != "Z"

    return lives


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """A host for one function, started where the test wants it and closed after it.

    Options are the fields of FunctionSpec, `settings` those of HostSettings, `overrides` those of LambdaHost.
    """
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))

        async def starter(
            handler: str,
            *,
            settings: Mapping[str, Any] | None = None,
            overrides: Mapping[str, Mapping[str, str]] | None = None,
            **changes: Any,
        ) -> Hosted:
            spec = replace(SPEC, handler=handler, **changes)
            host = LambdaHost(
                [spec], HostSettings(root=ROOT, log_dir=tmp_path, **(settings or {})), overrides=overrides
            )
            await stack.enter_async_context(host)
            return Hosted(host, client, tmp_path / "f.log")

        yield starter
