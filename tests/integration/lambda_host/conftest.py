"""A host with functions made for the tests, and a client that keeps no connection."""

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
    timeout=10,
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
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a host for one function: `await start("behaviours.echo", timeout=1, settings={..}, overrides={..})`."""
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
