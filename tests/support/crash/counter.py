"""A service with effects that can be counted: one for each idempotency key, and one for each call without."""

from collections import Counter as Counting
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.lambda_host.listener import Listener, authority, bind


@dataclass
class Counter:
    """`POST /effects` with `{"of": RUN}` and an `Idempotency-Key`, as many receivers of effects have it."""

    url: str
    effects: Counting[str] = field(default_factory=Counting)
    """By run."""
    calls: Counting[str] = field(default_factory=Counting)
    _keys: set[str] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator["Counter"]:
        bound = bind()
        counter = cls(f"http://{authority(bound)}")
        listener = await Listener.open(Starlette(routes=[Route("/effects", counter._take, methods=["POST"])]), bound)
        try:
            yield counter
        finally:
            await listener.close()

    async def _take(self, request: Request) -> Response:
        run = str((await request.json())["of"])
        key = request.headers.get("idempotency-key")
        self.calls[run] += 1
        if key is None or key not in self._keys:
            self.effects[run] += 1
        self._keys |= {key} if key else set()
        return JSONResponse({"taken": run})
