"""A server that answers storage's requests as a test says, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from shared.config import StorageSettings
from tests.support.wire import serving


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    head: str


Answer = bytes | None | Callable[[asyncio.StreamWriter], object]
"""Bytes to send (none: hang up), silence (None), or whatever it does with the connection, which is closed then."""


def said(status: int, body: str = "", **headers: str) -> bytes:
    given = {"Content-Length": str(len(body.encode())), **{name.replace("_", "-"): v for name, v in headers.items()}}
    lines = [f"HTTP/1.1 {status} Something", *(f"{name}: {value}" for name, value in given.items())]
    return ("\r\n".join([*lines, "", ""]) + body).encode()


def refusal(status: int, code: str, **headers: str) -> bytes:
    """In S3's own form."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>made up</Message></Error>'
    return said(status, xml, Content_Type="application/xml", **headers)


@dataclass
class Script:
    """Each request gets the next answer; the last one for ever."""

    answers: list[Answer]
    settings: StorageSettings = field(init=False)
    asked: list[Asked] = field(default_factory=list)
    met: asyncio.Event = field(default_factory=asyncio.Event)
    """A caller is being met with silence."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """And has gone."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await _request(reader, writer):
            self.asked.append(asked)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                self.met.set()
                await reader.read()
                self.hung_up.set()
                return
            if callable(answer):
                done = answer(writer)
                if asyncio.iscoroutine(done):
                    await done
                return
            writer.write(answer)
            await writer.drain()
            if not answer:
                return


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    if "100-continue" in head:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    method, target = head.split(" ")[:2]
    for line in head.lower().split("\r\n"):
        if line.startswith("content-length:"):
            await reader.readexactly(int(line.partition(":")[2]))
    return Asked(method, target, head.lower())


@asynccontextmanager
async def scripted(*answers: Answer, provider: str = "tigris") -> AsyncIterator[Script]:
    script = Script(list(answers))
    async with serving(script.serve) as port:
        script.settings = StorageSettings.model_validate(
            {
                "stage": "local",
                "storage_provider": provider,
                "storage_endpoint": f"http://127.0.0.1:{port}",
                "storage_bucket": "desk",
                "storage_access_key_id": "a-key",
                "storage_secret_access_key": "a-secret",
            }
        )
        yield script
