"""A TCP proxy before object storage that makes its objects old: a listing that comes through says another year.

async with ageing(endpoint) as old: ...        an endpoint, whose objects were all modified in 2020

The store's clock can't be set, and nothing that is young is orphaned. Only digits are replaced by digits.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

YEAR: Final = re.compile(rb"(<LastModified>)\d{4}")
OLD: Final = rb"\g<1>2020"
LONGEST: Final = len("<LastModified>2020") - 1
"""What may be cut in two by the end of a piece."""


@asynccontextmanager
async def ageing(endpoint: str) -> AsyncIterator[str]:
    where = urlsplit(endpoint)
    open_now: set[asyncio.StreamWriter] = set()

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, before = await asyncio.open_connection(where.hostname, where.port)
        open_now.update((writer, before))
        with suppress(ConnectionError):
            await asyncio.gather(_as_it_is(reader, before), _older(behind, writer))
        for one in (writer, before):
            one.close()
            open_now.discard(one)

    server = await asyncio.start_server(through, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for one in tuple(open_now):
            one.close()


async def _as_it_is(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()


async def _older(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What may be the beginning of a date is kept back until more comes, or nothing does for a moment."""
    kept = b""
    while True:
        try:
            piece = await asyncio.wait_for(reader.read(65536), 0.05 if kept else None)
        except TimeoutError:
            writer.write(kept)
            kept = b""
            continue
        if not piece:
            break
        whole = YEAR.sub(OLD, kept + piece)
        cut = whole.rfind(b"<", -LONGEST)
        cut = len(whole) if cut < 0 or not b"<LastModified>".startswith(whole[cut : cut + 14]) else cut
        writer.write(whole[:cut])
        kept = whole[cut:]
        await writer.drain()
    writer.write(kept)
    writer.close()
