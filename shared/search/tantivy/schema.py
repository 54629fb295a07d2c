"""The fields of the index. Words are analysed before they come here (analyzer.py), so Tantivy only splits at spaces.

    id, owner, part            exact; every query names the owner
    id_*                       the id once more, as numbers: a hit's id without a look at its stored texts
    version, stamp             numbers for the audit
    title tag name about text  words, with positions
    stems_*                    the words of each of them, as their language bends them
    facet_*, created           what is filtered, counted and sorted by
    stored_*                   what snippets are cut from, as UTF-8: not searched

Another schema is another index: `FINGERPRINT` stands in its generation, and code does not read what other code wrote.
"""

from collections.abc import Iterable
from hashlib import blake2b, sha256
from typing import Final

from tantivy import Schema, SchemaBuilder

from shared.search.fields import Field
from shared.search.model import Facet

REVISION: Final = 1
"""Raised by hand when words are analysed otherwise than before."""
ID_COLUMNS: Final = ("id_0", "id_1", "id_2")
"""Eight bytes each: an id is 22 characters (clock.new_token)."""
STORED: Final = ("title", "about", "text")
"""The fields of model.Texts."""
TIE_BITS: Final = 20
LATEST: Final = (1 << 44) - 1
"""Milliseconds since the epoch: the year 2527."""
_BYTES: Final = 8


def facet_field(facet: Facet) -> str:
    return f"facet_{facet}"


def stems_field(field: Field) -> str:
    return f"stems_{field}"


def stored_field(name: str) -> str:
    return f"stored_{name}"


def numbers_of(document_id: str) -> tuple[int, ...]:
    """One of each column; all 0 for an id that they have no room for."""
    encoded = document_id.encode()
    room = _BYTES * len(ID_COLUMNS)
    filled = (encoded if len(encoded) <= room else b"").ljust(room, b"\0")
    return tuple(int.from_bytes(filled[at : at + _BYTES]) for at in range(0, room, _BYTES))


def id_of(numbers: Iterable[int]) -> str:
    """Empty where they have no room for it."""
    return b"".join(number.to_bytes(_BYTES) for number in numbers).rstrip(b"\0").decode()


def moment(milliseconds: int, document_id: str) -> int:
    """A time, and behind it some bits of the id: documents of one millisecond have an order too, the same in every
    state of the index, so that pages by date neither repeat nor skip.
    """
    tie = int.from_bytes(blake2b(document_id.encode(), digest_size=4).digest()) >> (32 - TIE_BITS)
    return first_moment(milliseconds) | tie


def first_moment(milliseconds: int) -> int:
    return min(max(milliseconds, 0), LATEST) << TIE_BITS


def last_moment(milliseconds: int) -> int:
    return first_moment(milliseconds) | ((1 << TIE_BITS) - 1)


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("owner", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("part", fast=True, tokenizer_name="raw", index_option="basic")
    for number in (*ID_COLUMNS, "version", "stamp", "created"):
        builder.add_unsigned_field(number, fast=True)
    for field in Field:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field(stems_field(field), tokenizer_name="whitespace", index_option="freq")
    for facet in Facet:
        builder.add_text_field(facet_field(facet), fast=True, tokenizer_name="raw", index_option="basic")
    for name in STORED:
        builder.add_bytes_field(stored_field(name), stored=True)
    return builder.build()


SCHEMA: Final = _schema()
_NAMED: Final = [*Field, *map(facet_field, Facet), *ID_COLUMNS, TIE_BITS, REVISION]
FINGERPRINT: Final = sha256(repr(_NAMED).encode()).hexdigest()[:16]
