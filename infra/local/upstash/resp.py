"""Redis's own protocol, version 2, on asyncio streams, exactly as it is on the wire.

Client libraries lose what has to be passed on unchanged here: they cut an error's code (`ERR`, `NOSCRIPT`) off its text
and make it a class.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_END: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Error:
    """An error reply, its code first (`WRONGTYPE Operation ...`); a value, as in pipelines it stands beside results."""

    message: str


Reply = int | bytes | None | Error | list["Reply"]
Command = Sequence[bytes]


class ProtocolError(Exception):
    """What came is no RESP2; the connection is of no further use."""


def encode(command: Command) -> bytes:
    parts = [b"*%d\r\n" % len(command)]
    for argument in command:
        parts += [b"$%d\r\n" % len(argument), argument, _END]
    return b"".join(parts)


async def read(reader: asyncio.StreamReader) -> Reply:
    """Read one reply; raises IncompleteReadError when the stream ends before it does."""
    line = await reader.readuntil(_END)
    kind, rest = line[:1], line[1:-2]
    match kind:
        case b"+":
            return rest
        case b"-":
            return Error(rest.decode(errors="replace"))
        case b":":
            return int(rest)
        case b"$":
            if rest == b"-1":
                return None
            return (await reader.readexactly(int(rest) + len(_END)))[:-2]
        case b"*":
            return None if rest == b"-1" else [await read(reader) for _ in range(int(rest))]
        case _:
            raise ProtocolError(f"no reply begins with {kind!r}")
