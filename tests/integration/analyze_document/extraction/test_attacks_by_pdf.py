"""Hostile PDFs: each ends as is told here, and the next file is read as if nothing had been.

pdfium ends its process where it gets no memory: `died` is how a bomb of memory looks.
"""

from collections.abc import Callable
from typing import Final

import pytest

from shared.documents.content import PDF
from tests.integration.analyze_document.extraction.ending import ending
from tests.integration.analyze_document.extraction.raw_pdf import (
    CATALOG,
    EMPTY_PAGE,
    ONE_PAGE,
    deflated,
    one_page,
    stream,
    written,
)
from tests.integration.analyze_document.extraction.read import Reading

MEGABYTE: Final = 1_000_000
FLATE: Final = b"/Filter/FlateDecode"
WORDS: Final = b"BT /F 12 Tf 10 10 Td (Hi) Tj ET\n"


def ended(read: Reading, body: bytes) -> str:
    return ending(read, body, PDF).ended


def test_a_page_of_zeros_that_unpacks_to_400_megabytes_ends_only_its_worker(spare: Reading) -> None:
    assert ended(spare, one_page(deflated(bytes(MEGABYTE), 400), FLATE)) == "died"


def test_a_page_of_words_that_unpacks_to_200_megabytes_ends_only_its_worker(spare: Reading) -> None:
    assert ended(spare, one_page(deflated(WORDS * 30_000, 200), FLATE)) == "died"


def test_a_bomb_that_is_packed_three_times_ends_only_its_worker(spare: Reading) -> None:
    body = deflated(deflated(deflated(bytes(MEGABYTE), 400), 1), 1)
    assert ended(spare, one_page(body, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")) == "died"


def test_a_page_behind_a_hundred_filters_is_taken_for_an_empty_one(spare: Reading) -> None:
    assert ended(spare, one_page(deflated(WORDS, 10), b"/Filter[%b]" % (b"/FlateDecode" * 100))) == "empty"


@pytest.mark.parametrize("opening", [b"[", b"<<", b"(", b"q ", b"BT "])
def test_what_is_opened_a_million_times_and_never_closed_says_nothing(spare: Reading, opening: bytes) -> None:
    assert ended(spare, one_page(opening * MEGABYTE)) == "empty"


def test_content_that_is_marked_a_million_deep_ends_only_its_worker(spare: Reading) -> None:
    assert ended(spare, one_page(b"/A BMC " * MEGABYTE)) == "died"


def test_arrays_that_are_nested_in_the_catalog_are_not_followed(spare: Reading) -> None:
    nested = b"<</Type/Catalog/Pages 2 0 R/X %b%b>>" % (b"[" * 200_000, b"]" * 200_000)
    assert ended(spare, written([nested, ONE_PAGE, EMPTY_PAGE])) == "empty"


def test_a_page_that_lies_five_thousand_nodes_deep_is_not_looked_for(spare: Reading) -> None:
    depth = 5_000
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (at + 1, at - 1) for at in range(2, depth)]
    assert ended(spare, written([CATALOG, *nodes, EMPTY_PAGE])) == "damaged"


def test_a_tree_of_pages_that_is_its_own_child_is_not_walked_in_a_circle(spare: Reading) -> None:
    circle = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000>>"
    assert ended(spare, written([CATALOG, circle])) == "damaged"


def test_a_count_of_pages_that_lies_is_not_believed(spare: Reading) -> None:
    lying = b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"
    assert ended(spare, written([CATALOG, lying, EMPTY_PAGE])) == "empty"


def pages(number: int) -> bytes:
    return written([CATALOG, b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * number, number), EMPTY_PAGE])


def test_nine_thousand_empty_pages_are_looked_through(spare: Reading) -> None:
    assert ended(spare, pages(9_000)) == "empty"


def test_more_pages_than_any_document_has_are_declined(spare: Reading) -> None:
    assert ended(spare, pages(60_000)) == "too_complex"


def test_a_form_that_draws_itself_twice_ends_only_its_worker(spare: Reading) -> None:
    assert ended(spare, one_page(b"/X Do")) == "died"


def test_forms_that_draw_each_other_a_million_times_end_only_their_worker(spare: Reading) -> None:
    levels = 6
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do " * 10, entries % (5 + level + 1)) for level in range(levels)]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    last = stream(b"q Q", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    assert ended(spare, written([CATALOG, ONE_PAGE, page, stream(b"/X Do"), *forms, last])) == "died"


@pytest.mark.parametrize("make", [lambda: b"%PDF-1.7" * 100_000, lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 200_000])
def test_beginnings_that_nothing_follows_are_no_file(spare: Reading, make: Callable[[], bytes]) -> None:
    assert ended(spare, make()) == "damaged"
