"""HTTP/1.1, as far as it takes to tell one request from the next on a kept connection.

An answer is passed on when it is complete, so a stream without an end does not come through.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Final

from infra.local.faults.exchange import Question

_END: Final = b"\r\n\r\n"
_ID: Final = re.compile(r"(?=[^/]*\d)[A-Za-z0-9_.:~-]{12,}|[A-Za-z0-9_.:~-]{22,}")
"""A path segment that names one thing rather than a kind of things; a run's id of 22 letters may be without a digit."""


class Http:
    """`POST /emails`, `GET /v2/messages/{id}`, `POST / SET`: method and path; a Redis command in the body is named."""

    async def question(self, reader: asyncio.StreamReader) -> Question | None:
        try:
            head = await reader.readuntil(_END)
        except asyncio.IncompleteReadError:
            return None
        headers = _headers(head)
        body = await _body(reader, headers)
        method, target = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")[:2]
        return Question(head + body, f"{method} {_path(target)}{_command(body)}", method=method)

    async def answer(self, reader: asyncio.StreamReader, asked: Question) -> tuple[bytes, bool]:
        head = await reader.readuntil(_END)
        status = int(head.split(b" ", 2)[1])
        if 100 <= status < 200:
            return head, True
        if asked.method == "HEAD" or status in {204, 304}:
            return head, False
        headers = _headers(head)
        if "content-length" in headers or "transfer-encoding" in headers:
            return head + await _body(reader, headers), False
        return head + await reader.read(), False


def _headers(head: bytes) -> Mapping[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    return await reader.readexactly(int(headers.get("content-length", "0")))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """All of them, as they are framed, the trailer included."""
    raw = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        raw += line
        if size:
            raw += await reader.readexactly(size + 2)
            continue
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            raw += line
        return raw + line


def _path(target: str) -> str:
    """Without what differs from call to call: the query, ids, and the URL that QStash takes in its path."""
    path = re.split(r"/https?(?::|%3A)", target.partition("?")[0], maxsplit=1)[0]
    return "/".join("{id}" if _ID.fullmatch(part) else part for part in path.split("/"))


def _command(body: bytes) -> str:
    """`["SET", "key", ..]` is how Redis is asked over REST."""
    try:
        said = json.loads(body) if body.startswith(b"[") else None
    except ValueError:
        return ""
    return f" {said[0].upper()}" if isinstance(said, list) and said and isinstance(said[0], str) else ""
