"""MongoDB's wire protocol, as far as it takes to tell one command from the next.

    int32 length, requestID, responseTo, opCode | int32 flagBits, sections ..        (OP_MSG, all little-endian)

https://github.com/mongodb/specifications/blob/master/source/message/OP_MSG.md
"""

import asyncio
import struct
from typing import Any, Final

import bson

from infra.local.faults.exchange import Question

OP_MSG: Final = 2013
MORE_TO_COME: Final = 1 << 1
_HEADER: Final = struct.Struct("<iiii")
_INT32: Final = struct.Struct("<i")
_CHECKSUM: Final = 1 << 0

NOT_COUNTED: Final = frozenset(
    {"hello", "isMaster", "ismaster", "ping", "buildInfo", "endSessions", "killCursors"}
    | {"saslStart", "saslContinue", "authenticate", "getnonce", "logout"}
)
"""What the driver says for itself, whenever it likes."""


class Mongo:
    """`find emails`, `findAndModify runs`, `commitTransaction`: the command and its collection."""

    async def question(self, reader: asyncio.StreamReader) -> Question | None:
        raw = await _message(reader)
        if raw is None:
            return None
        if _opcode(raw) != OP_MSG:  # the driver's very first word on a connection is of an older kind
            return Question(raw, None)
        answerless = bool(_flags(raw) & MORE_TO_COME)
        command = _body(raw)
        name = next(iter(command), "")
        if name in NOT_COUNTED:
            return Question(raw, None, answerless=answerless)
        collection = command.get("collection") if name == "getMore" else command[name]
        transaction = command.get("lsid") if command.get("autocommit") is False else None
        named = f"{name} {collection}" if isinstance(collection, str) else name
        return Question(raw, named, transaction, answerless=answerless)

    async def answer(self, reader: asyncio.StreamReader, _: Question) -> tuple[bytes, bool]:
        """A monitor's `hello` may be answered for ever, each answer saying that more will come."""
        raw = await _message(reader)
        if raw is None:
            raise ConnectionResetError("MongoDB hung up")
        return raw, _opcode(raw) == OP_MSG and bool(_flags(raw) & MORE_TO_COME)


async def _message(reader: asyncio.StreamReader) -> bytes | None:
    try:
        head = await reader.readexactly(_HEADER.size)
    except asyncio.IncompleteReadError:
        return None
    return head + await reader.readexactly(_INT32.unpack_from(head)[0] - _HEADER.size)


def _opcode(raw: bytes) -> int:
    return int(_HEADER.unpack_from(raw)[3])


def _flags(raw: bytes) -> int:
    return int(_INT32.unpack_from(raw, _HEADER.size)[0])


def _body(raw: bytes) -> dict[str, Any]:
    """The section of kind 0: the command itself. Those of kind 1 hold its documents."""
    at = _HEADER.size + _INT32.size
    end = len(raw) - (_INT32.size if _flags(raw) & _CHECKSUM else 0)
    while at < end:
        kind, size = raw[at], _INT32.unpack_from(raw, at + 1)[0]
        if kind == 0:
            return bson.decode(raw[at + 1 : at + 1 + size])
        at += 1 + size
    return {"": None}
