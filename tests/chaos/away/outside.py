"""Everything that is not the functions: the store, the services, and one proxy before each, on a loop of their own.

Faults are switched from the test's thread; the functions run in theirs and see only addresses.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from infra.local.faults import Exchange, Fault, FaultProxy, Http, Mongo
from infra.local.lambda_host.listener import Listener, authority, bind
from tests.chaos.away.faults import Make

T = TypeVar("T")

PATIENCE: Final = 60.0
"""Seconds for whatever the test itself does outside."""


@dataclass
class Door:
    """The proxy before one service, and what every exchange through it meets now."""

    proxy: FaultProxy
    address: str
    judge: "Judge"


@dataclass
class Judge:
    fault: Fault | None = None
    after: int = 0
    """How many exchanges still go well."""
    met: list[str] = field(default_factory=list)
    """What was asked while there was a fault."""
    transactions: list[Any] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> Fault | None:
        if exchange.transaction is not None:
            self.transactions.append(exchange.transaction)
        if self.fault is not None and self.after:
            self.after -= 1
            return None
        if self.fault is not None:
            self.met.append(exchange.name)
        return self.fault


class Outside:
    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="outside", daemon=True)
        self._stack = AsyncExitStack()
        self.doors: dict[str, Door] = {}
        self.slot = ""
        """Takes what QStash delivers and says 200: the test delivers by its own hand."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    @classmethod
    @contextmanager
    def opened(cls, services: Mapping[str, str]) -> Iterator["Outside"]:
        """`services` are the real addresses, by name."""
        self = cls()
        self._thread.start()
        try:
            self.run(self._open(services))
            yield self
        finally:
            self.run(self._stack.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._runner.close()  # with what was accepted at the last moment

    @contextmanager
    def away(self, service: str, make: Make, *, after: int = 0) -> Iterator[Judge]:
        """The service has this fault until the block ends; whoever still waits then is hung up on.

        `after` so many exchanges: not for refused connections.
        """
        door, over = self.doors[service], asyncio.Event()
        fault = make(over.wait)
        door.judge.met.clear()
        door.judge.after = after
        if fault is None:
            self.run(door.proxy.refuse())
        door.judge.fault = fault
        try:
            yield door.judge
        finally:
            door.judge.fault = None
            self._loop.call_soon_threadsafe(over.set)
            if fault is None:
                self.run(door.proxy.admit())

    async def _open(self, services: Mapping[str, str]) -> None:
        for name, address in services.items():
            judge = Judge()
            where = urlsplit(address)
            framing = Mongo() if name == "mongodb" else Http()
            upstream = (str(where.hostname), where.port or 27017)
            proxy = await self._stack.enter_async_context(FaultProxy(name, framing, upstream, judge))
            through = f"{where.scheme}://{proxy.authority}{where.path}"
            if name == "mongodb":  # keeps the driver from the address that the server calls its own
                through = f"mongodb://{proxy.authority}/?directConnection=true"
            self.doors[name] = Door(proxy, through, judge)
        bound = bind()
        slot = Starlette(routes=[Route("/{path:path}", _taken, methods=["POST"])])
        listener = await Listener.open(slot, bound)
        self._stack.push_async_callback(listener.close)
        self.slot = authority(bound)


async def _taken(_: object) -> Response:
    return Response()
