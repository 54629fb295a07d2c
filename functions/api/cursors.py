"""Where a list goes on: after the record with this time and id, for the same owner and filter.

A cursor opens nothing, since the list is the caller's own whatever it says. Its check is no signature: it is there so
that a cursor that was cut, altered, or taken from another list is refused rather than answered with nonsense.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Query

from functions.api.problems import Problem
from shared.paging import Place

CHECK: Final = 12
LONGEST: Final = 500

Cursor = Annotated[str | None, Query(max_length=LONGEST, description="`next` of the page before.")]


def after(cursor: str | None, *, of: str) -> Place | None:
    """Where a list goes on; None for its first page. A caller who made the cursor up is told so."""
    if cursor is None:
        return None
    place = decode(cursor, of=of)
    if place is None:
        raise unknown()
    return place


def unknown() -> Problem:
    return Problem(400, "cursor", "The cursor is not one of this list.")


def encode(place: Place, *, of: str) -> str:
    """`of` names the list: its owner and filter."""
    return pack([place.at, place.id], of=of)


def decode(cursor: str, *, of: str) -> Place | None:
    """The place, or None if this is no cursor of that list."""
    return _place(unpack(cursor, of=of))


def pack(place: Sequence[str | int], *, of: str) -> str:
    """For places of every kind."""
    data = json.dumps(place).encode()
    return urlsafe_b64encode(_check(data, of) + data).rstrip(b"=").decode()


def unpack(cursor: str, *, of: str) -> Any:
    """What was packed, or None. Anybody can compute the check: whose place it is looks at each of its values."""
    if len(cursor) > LONGEST or not cursor.isascii():
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = json.loads(raw[CHECK:])
        # Made anew it must be the same, check and all: base64 alone has many spellings.
        return place if pack(place, of=of) == cursor else None
    except (ValueError, RecursionError):
        return None


def _place(data: object) -> Place | None:
    """What stands here goes into a query: plain values, or nothing.

    An id is ASCII; JSON could also hold a lone surrogate, which no query can.
    """
    match data:
        case [int(at), str(name)] if type(at) is int and 0 <= at < 2**53 and name.isascii():
            return Place(at, name)
    return None


def _check(data: bytes, of: str) -> bytes:
    return sha256(b"\0".join((b"millrace/cursor/1", of.encode(), data))).digest()[:CHECK]
