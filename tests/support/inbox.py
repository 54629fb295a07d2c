"""A server that webhooks are sent to: it notes what comes, and answers what a test says.

async with Inbox.open() as inbox:
    inbox.answers = [answer(500), answer(200)]        # each request gets the next one, the last one for ever
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import resend

from tests.support.wire import serving

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    given = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Came:
    """One request; its headers' names are in lower case."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """What it says, believed as a receiver would: by Resend's SDK, which verifies Svix's names of the headers."""
        resend.Webhooks.verify(
            {
                "payload": self.body.decode(),
                "headers": {
                    "id": self.id,
                    "timestamp": self.headers["webhook-timestamp"],
                    "signature": self.headers["webhook-signature"],
                },
                "webhook_secret": secret,
            }
        )
        return json.loads(self.body)


@dataclass
class Inbox:
    answers: list[Answer] = field(default_factory=lambda: [answer(204)])
    came: list[Came] = field(default_factory=list)
    port: int = 0
    _another: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?tenant=7"

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        inbox = cls()
        async with serving(inbox._serve) as inbox.port:
            yield inbox

    async def wait_for(self, count: int, patience: float = 60) -> list[Came]:
        """What has come, once so many have."""
        async with asyncio.timeout(patience):
            while len(self.came) < count:
                self._another.clear()
                await self._another.wait()
        return self.came

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
        self.came.append(Came(line, headers, await reader.readexactly(int(headers["content-length"]))))
        self._another.set()
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
        else:
            await said(writer)
