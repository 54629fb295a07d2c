"""A server in the provider's place that says what a test wants, byte by byte, and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from infra.local.guard import LOOPBACK
from tests.support.wire import serving

Answer = bytes | None | Callable[[asyncio.StreamWriter], Any]
"""Bytes to send (none: hang up), silence (None), or whatever it does with the connection, which is closed then."""


def said(status: int, body: object = "", **headers: str) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    given = {"Content-Length": str(len(text.encode())), **{name.replace("_", "-"): v for name, v in headers.items()}}
    lines = [f"HTTP/1.1 {status} Something", *(f"{name}: {value}" for name, value in given.items())]
    return ("\r\n".join([*lines, "", ""]) + text).encode()


@dataclass
class Script:
    """Each request gets the next answer; the last one for ever."""

    answers: list[Answer]
    url: str = ""
    heads: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    met: asyncio.Event = field(default_factory=asyncio.Event)
    """A caller is being met with silence."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """And has gone."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._request(reader):
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                self.met.set()
                await reader.read()
                self.hung_up.set()
                return
            if callable(answer):
                await answer(writer)
                return
            writer.write(answer)
            await writer.drain()
            if not answer:
                return

    async def _request(self, reader: asyncio.StreamReader) -> bool:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        except asyncio.IncompleteReadError:
            return False
        length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
        self.heads.append(head)
        self.bodies.append(json.loads(await reader.readexactly(int(length.partition(":")[2]))))
        return True


@asynccontextmanager
async def scripted(*answers: Answer) -> AsyncIterator[Script]:
    script = Script(list(answers))
    async with serving(script.serve) as port:
        script.url = f"http://{LOOPBACK}:{port}"
        yield script
