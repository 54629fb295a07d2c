"""A function as a real Lambda process, and the services that it knows, each behind a proxy that can cut an exchange.

      ┌─ FaultProxy ─ MongoDB        the store of the test session
host ─┼─ FaultProxy ─ Resend         only those are started that the function's environment names,
      ├─ FaultProxy ─ QStash         or that of a function which it may start
      └─ FaultProxy ─ ..
other functions of the same serverless.yml reach the services directly, and are never cut
"""

import os
import signal
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from infra.local.faults import FaultProxy, Http, Mongo
from infra.local.lambda_host import Doors, HostSettings, LambdaHost, State
from infra.local.lambda_host.listener import Listener, authority, bind
from infra.local.processes import ROOT
from infra.local.serverless import FunctionSpec, read_service
from shared.database import Database
from tests.support.crash.crossings import Trap
from tests.support.crash.services import NAMES, start_services

CALL_TIMEOUT: Final = 90.0
MONGODB: Final = "MONGODB_URI"


@dataclass(frozen=True, slots=True)
class Bench:
    function: str
    database: Database
    urls: Mapping[str, str]
    """The services without their proxies, by name: mongodb, redis, qstash, resend, and the test's own."""
    api: str
    functions: Mapping[str, str]
    delivery_url: str
    """What QStash is told to call for the function under test. Where the test delivers by hand, a 200 is all that
    happens there: legs of long work go out when the test wants them to."""
    trap: Trap
    host: LambdaHost
    client: httpx.AsyncClient

    async def call(self, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return await self.client.post(self.functions[self.function], content=content, headers=headers)

    async def end_orphans(self) -> None:
        """End the transactions that a crash left open, as MongoDB does after transactionLifetimeLimitSeconds (60 s).

        SecantusDB (0.7.0b3) never does, and until then every write to the same records waits.
        """
        if self.trap.orphans:
            await self.database.client.admin.command({"killSessions": self.trap.orphans})


@asynccontextmanager
async def open_bench(
    function: str,
    database: Database,
    mongodb_uri: str,
    folder: Path,
    *,
    serverless: Path = ROOT / "serverless.yml",
    own: Mapping[str, str] | None = None,
    by_hand: bool = True,
    direct: Collection[str] = (),
) -> AsyncIterator[Bench]:
    """`own` are services of the test's own, by the variable that names their address; they are proxied like all. A
    variable that names no address goes to the function as it is.

    Not `by_hand`: QStash itself delivers to the function under test. `direct` services are reached without a proxy:
    those that a warm function asks now and then (a breaker's Redis), and so not at the same place each time.
    """
    given = {MONGODB: mongodb_uri, "MONGODB_DATABASE": database.name, **(own or {})}
    async with AsyncExitStack() as stack:
        doors = Doors.bind(read_service(serverless, stage="local", env={**NAMES, **given}).urls)
        placeholders = _specs(serverless, doors, {**NAMES, **given})
        services = stack.enter_context(start_services(_needed(placeholders, function) - (own or {}).keys(), folder))
        specs = _specs(serverless, doors, {**NAMES, **given, **services})

        async def kill() -> None:
            for one in host.processes(function):
                if one.pid is not None and one.state is State.BUSY:
                    os.killpg(one.pid, signal.SIGKILL)

        trap = Trap(kill)
        addresses = {**given, **services}
        overrides = {}
        proxied = {name for name in {MONGODB, *services, *(own or {})} if service_name(name) not in direct}
        for variable in specs[function].environment.keys() & proxied:
            if "://" not in addresses[variable]:
                continue
            overrides[variable] = await stack.enter_async_context(_proxied(variable, addresses[variable], trap))
        delivery_url = doors.addresses.functions[function]
        if by_hand and "DELIVERY_URL" in specs[function].environment:
            delivery_url = overrides["DELIVERY_URL"] = await stack.enter_async_context(_mail_slot())
        settings = HostSettings(root=ROOT, log_dir=folder / "logs", init_timeout=30)
        host = LambdaHost([*specs.values()], settings, doors, overrides={function: overrides})
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=CALL_TIMEOUT, trust_env=False))
        await stack.enter_async_context(host)
        yield Bench(
            function=function,
            database=database,
            urls={service_name(variable): url for variable, url in addresses.items()},
            api=doors.addresses.api,
            functions=doors.addresses.functions,
            delivery_url=delivery_url,
            trap=trap,
            host=host,
            client=client,
        )


def service_name(variable: str) -> str:
    """`RESEND_API_URL` is resend, `UPSTASH_REDIS_REST_URL` redis, `COUNTER_URL` counter."""
    words = variable.removeprefix("UPSTASH_").split("_")
    return words[0].lower()


def _specs(serverless: Path, doors: Doors, env: Mapping[str, str]) -> Mapping[str, FunctionSpec]:
    service = read_service(serverless, stage="local", env=env)
    return {spec.name: spec for spec in service.specs(doors.addresses)}


def _needed(specs: Mapping[str, FunctionSpec], function: str) -> frozenset[str]:
    """The services in the environments of the function and of those that it may start, one step or more away.

    QStash always: a function that can't publish leaves its follow-ups to the relay.
    """
    reached, ahead = set[str](), {function}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        started = {key.removeprefix("JOB_URL_").lower() for key in specs[name].environment if "JOB_URL_" in key}
        ahead |= (started & specs.keys()) - reached
    named = {variable for name in reached for variable in NAMES if variable in specs[name].environment}
    return frozenset(named | {"QSTASH_URL"})


def _proxied(variable: str, address: str, trap: Trap) -> Any:
    return _mongo(address, trap) if variable == MONGODB else _http(service_name(variable), address, trap)


@asynccontextmanager
async def _http(service: str, address: str, trap: Trap) -> AsyncIterator[str]:
    where = urlsplit(address)
    async with FaultProxy(service, Http(), (str(where.hostname), where.port or 80), trap) as proxy:
        yield f"http://{proxy.authority}{where.path}"


@asynccontextmanager
async def _mongo(uri: str, trap: Trap) -> AsyncIterator[str]:
    """One server without TLS. `directConnection` keeps the driver from the address that the server calls its own.

    Retryable writes stay on with it: the driver asks for sessions and a primary, not for a discovered replica set.
    """
    scheme, _, rest = uri.partition("://")
    hosts, slash, options = rest.partition("/")
    credentials, at, servers = hosts.rpartition("@")
    host, _, port = servers.split(",")[0].partition(":")
    async with FaultProxy("mongodb", Mongo(), (host, int(port or 27017)), trap) as proxy:
        separator = "&" if "?" in options else "?"
        yield f"{scheme}://{credentials}{at}{proxy.authority}{slash or '/'}{options}{separator}directConnection=true"


@asynccontextmanager
async def _mail_slot() -> AsyncIterator[str]:
    async def take(_: object) -> Response:
        return Response()

    bound = bind()
    listener = await Listener.open(Starlette(routes=[Route("/", take, methods=["POST"])]), bound)
    try:
        yield f"http://{authority(bound)}/"
    finally:
        await listener.close()
