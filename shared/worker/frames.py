"""How parent and child talk: a frame is two lengths, a head of JSON, and a body of bytes.

4 bytes   the head's length   big-endian
8 bytes   the body's length
head      UTF-8 JSON, an object
body      anything, mostly nothing
"""

import json
import struct
from typing import Any, Final

LENGTHS: Final = struct.Struct(">IQ")
MOST: Final = 100_000_000
"""Bytes of one answer. A child that a hostile file has taken over may claim any length."""


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    """All but the body, which follows as it is: it may be large."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return LENGTHS.pack(len(text), len(body)) + text


def lengths(packed_lengths: bytes) -> tuple[int, int]:
    """Of head and body. Raises ValueError for an answer longer than MOST."""
    head, body = LENGTHS.unpack(packed_lengths)
    if head + body > MOST:
        raise ValueError("an answer longer than any may be")
    return head, body


def unpacked(head: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object: the child wrote over its own pipe."""
    found = json.loads(head)
    if not isinstance(found, dict):
        raise ValueError("a head is an object")  # noqa: TRY004 - one kind of error for whoever reads it
    return found
