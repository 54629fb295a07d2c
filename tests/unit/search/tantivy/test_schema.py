"""What an index of one revision is made of, and how ids and times become numbers."""

import json
from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tantivy import Index

from shared.clock import new_token
from shared.search.tantivy.schema import (
    LATEST,
    REVISION,
    SCHEMA,
    first_moment,
    id_of,
    last_moment,
    moment,
    numbers_of,
)

IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
TIMES = st.integers(0, LATEST)
SEEN = (1, "1e217e191f5adca2")
"""A revision, and the schema that it stands for."""


def test_another_schema_is_another_revision(tmp_path: Path) -> None:
    """Otherwise code would read an index that other code wrote: raise REVISION, and write both down here."""
    Index(SCHEMA, path=str(tmp_path))
    fields = json.loads((tmp_path / "meta.json").read_bytes())["schema"]
    assert (REVISION, sha256(json.dumps(fields).encode()).hexdigest()[:16]) == SEEN


@given(IDS)
def test_an_id_of_24_bytes_at_most_comes_back_from_its_numbers(document_id: str) -> None:
    assert id_of(numbers_of(document_id)) == (document_id if len(document_id.encode()) <= 24 else "")


def test_our_own_ids_have_room() -> None:
    document_id = new_token()
    assert id_of(numbers_of(document_id)) == document_id


@given(TIMES, TIMES, IDS, IDS)
def test_moments_are_in_the_order_of_time_and_within_their_millisecond(
    early: int, late: int, document_id: str, other: str
) -> None:
    early, late = sorted((early, late))
    first, second = moment(early, document_id), moment(late, other)
    assert first_moment(early) <= first <= last_moment(early) < 2**64
    assert early == late or first < second


def test_times_outside_of_time_are_its_ends() -> None:
    assert first_moment(-1) == first_moment(0) == 0
    assert last_moment(10**30) == last_moment(LATEST) == 2**64 - 1
