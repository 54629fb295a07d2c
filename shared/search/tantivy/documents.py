"""An entry as Tantivy's document: its words analysed, its filters exact, its texts as they are (schema.py)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tantivy import Document

from shared.search.analyzer import joined
from shared.search.fields import Field
from shared.search.model import Entry, part_of, stamp
from shared.search.stems import stems
from shared.search.tantivy.schema import ID_COLUMNS, STORED, facet_field, moment, numbers_of, stems_field, stored_field

USUAL: Final[Mapping[Field, int]] = MappingProxyType({Field.TAG: 3, Field.ABOUT: 50})
"""Words of a field that many documents have empty. BM25 divides by a field's average length: where few documents have
tags, theirs would seem endless, and count next to nothing. So an empty one is filled with what no query has.
"""
_FILLING: Final = "|"


def document(entry: Entry) -> Document:
    made = Document()
    made.add_text("id", entry.id)
    made.add_text("owner", entry.owner)
    made.add_text("part", part_of(entry.id))
    for column, number in zip(ID_COLUMNS, numbers_of(entry.id), strict=True):
        made.add_unsigned(column, number)
    made.add_unsigned("version", entry.version)
    made.add_unsigned("stamp", stamp(entry.id, entry.version))
    made.add_unsigned("created", moment(entry.created_at, entry.id))
    for field, values in entry.words.items():
        filling = " ".join([_FILLING] * USUAL.get(field, 0))
        for value in values or ("",):
            words = joined(value)
            made.add_text(field, words or filling)
            made.add_text(stems_field(field), " ".join(stems(words.split(), entry.language)) or filling)
    for facet, values in entry.facets.items():
        for value in filter(None, values):
            made.add_text(facet_field(facet), value)
    for name in STORED:
        made.add_bytes(stored_field(name), getattr(entry, name).encode())
    return made
