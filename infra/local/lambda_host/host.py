"""The functions of the bundle, hosted as AWS hosts them, inside a running event loop.

    async with LambdaHost(specs, HostSettings(root, log_dir), doors) as host: ...

Its processes die with this one. It is for development and tests: it listens on loopback only and isolates nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Self

from infra.local.lambda_host.admin import admin_app
from infra.local.lambda_host.doors import Doors
from infra.local.lambda_host.function_url import FunctionUrl
from infra.local.lambda_host.http_api import HttpApi
from infra.local.lambda_host.listener import Listener, authority
from infra.local.lambda_host.log import FunctionLog
from infra.local.lambda_host.pool import Pool, ProcessInfo
from infra.local.lambda_host.settings import HostSettings
from infra.local.serverless import Addresses, FunctionSpec


class LambdaHost:
    """Serves while it is entered. `overrides` stand in for variables of a function's environment, by function."""

    def __init__(
        self,
        specs: Sequence[FunctionSpec],
        settings: HostSettings,
        doors: Doors | None = None,
        *,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._specs = specs
        self._settings = settings
        self._doors = doors or Doors.bind(spec.name for spec in specs if spec.has_url)
        self._overrides = overrides or {}
        self._pools: dict[str, Pool] = {}
        self._stack = AsyncExitStack()

    @property
    def addresses(self) -> Addresses:
        return self._doors.addresses

    @property
    def admin_address(self) -> str:
        return self._doors.admin_address

    def processes(self, name: str) -> list[ProcessInfo]:
        """The live processes of a function."""
        return self._pools[name].processes

    async def reload(self) -> None:
        """Let every function's next invocations run in new processes."""
        await asyncio.gather(*(pool.reload() for pool in self._pools.values()))

    async def override(self, name: str, environment: Mapping[str, str]) -> None:
        """Give a function's next processes these variables, in place of earlier overrides."""
        await self._pools[name].reload(environment)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.callback(self._doors.close)
            for spec in self._specs:
                log = stack.enter_context(FunctionLog(self._settings.log_dir / f"{spec.name}.log"))
                self._pools[spec.name] = Pool(spec, self._settings, log, self._overrides.get(spec.name, {}))
            api = HttpApi(self._pools, self._settings, domain=authority(self._doors.api))
            stack.push_async_callback((await Listener.open(api, self._doors.api)).close)
            admin = admin_app(self._pools, self._doors)
            stack.push_async_callback((await Listener.open(admin, self._doors.admin)).close)
            for name, bound in self._doors.functions.items():
                url = FunctionUrl(self._pools[name], self._settings, domain=authority(bound))
                stack.push_async_callback((await Listener.open(url, bound)).close)
            # Before the listeners close, so that whoever still waits gets its answer.
            for pool in self._pools.values():
                stack.push_async_callback(pool.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
