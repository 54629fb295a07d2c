"""An HTTP server that answers what a test says, and counts its connections and requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.support.wire import serving


def answer(body: bytes, status: str = "200 OK", kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@dataclass
class Scripted:
    """Each request gets the next of `answers` (the last one for ever); None is silence, b"" hangs up."""

    answers: list[bytes | None]
    close_after: bool = False
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while request := await _request(reader):
            self.requests.append(request)
            said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if said is None:
                await reader.read()
                return
            writer.write(said)
            await writer.drain()
            if not said or self.close_after:
                return


async def _request(reader: asyncio.StreamReader) -> bytes | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    return await reader.readexactly(length)


@asynccontextmanager
async def scripted(*answers: bytes | None, close_after: bool = False) -> AsyncIterator[Scripted]:
    server = Scripted(list(answers), close_after)
    async with serving(server.serve) as server.port:
        yield server
