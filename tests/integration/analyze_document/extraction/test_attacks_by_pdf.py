"""Hostile PDFs: each ends with an answer, a refusal or a budget, and the next file is read as if nothing had been.

pdfium ends its process where it gets no memory: `died` is how a bomb of memory looks.
"""

from collections.abc import Callable
from typing import Final

import pytest

from shared.documents.content import PDF
from tests.integration.analyze_document.extraction.made import pdf
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


def ends(read: Reading, body: bytes, *allowed: str) -> None:
    ended = read(body, PDF, seconds=40).ended
    assert ended in {*allowed, "time", "memory"}
    assert read(pdf("The next file."), PDF).text == "The next file."


def test_a_thousand_times_its_size_in_zeros(spare: Reading) -> None:
    ends(spare, one_page(deflated(bytes(MEGABYTE), 400), FLATE), "empty", "damaged", "died")


def test_hundreds_of_times_its_size_in_words(spare: Reading) -> None:
    ends(spare, one_page(deflated(WORDS * 30_000, 200), FLATE), "read", "died")


def test_a_bomb_in_a_bomb_in_a_bomb(spare: Reading) -> None:
    body = deflated(deflated(deflated(bytes(MEGABYTE), 400), 1), 1)
    ends(spare, one_page(body, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"), "empty", "damaged", "died")


def test_a_hundred_filters_in_a_row(spare: Reading) -> None:
    ends(spare, one_page(deflated(WORDS, 10), b"/Filter[%b]" % (b"/FlateDecode" * 100)), "empty", "damaged")


@pytest.mark.parametrize("opening", [b"[", b"<<", b"(", b"q ", b"BT ", b"/A BMC "])
def test_a_million_openings_and_no_end(spare: Reading, opening: bytes) -> None:
    ends(spare, one_page(opening * MEGABYTE), "empty", "damaged", "died")


def test_arrays_in_arrays_in_the_catalog(spare: Reading) -> None:
    nested = b"<</Type/Catalog/Pages 2 0 R/X %b%b>>" % (b"[" * 200_000, b"]" * 200_000)
    ends(spare, written([nested, ONE_PAGE, EMPTY_PAGE]), "empty", "damaged")


def test_a_tree_of_pages_that_is_all_depth(spare: Reading) -> None:
    depth = 5_000
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (at + 1, at - 1) for at in range(2, depth)]
    ends(spare, written([CATALOG, *nodes, EMPTY_PAGE]), "empty", "damaged")


def test_a_tree_of_pages_that_is_its_own_child(spare: Reading) -> None:
    circle = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000>>"
    ends(spare, written([CATALOG, circle]), "empty", "damaged", "too_complex")


def test_a_count_of_pages_that_lies(spare: Reading) -> None:
    lying = b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"
    ends(spare, written([CATALOG, lying, EMPTY_PAGE]), "empty", "damaged", "too_complex")


def pages(number: int) -> bytes:
    return written([CATALOG, b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * number, number), EMPTY_PAGE])


def test_many_thousand_empty_pages(spare: Reading) -> None:
    ends(spare, pages(9_000), "empty")


def test_more_pages_than_any_document_has(spare: Reading) -> None:
    ends(spare, pages(60_000), "too_complex")


def test_a_form_that_draws_itself_twice(spare: Reading) -> None:
    ends(spare, one_page(b"/X Do"), "empty", "damaged", "died")


def test_forms_that_draw_each_other_a_million_times(spare: Reading) -> None:
    levels = 6
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    forms = [stream(b"/X Do " * 10, entries % (5 + level + 1)) for level in range(levels)]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    last = stream(b"q Q", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    ends(spare, written([CATALOG, ONE_PAGE, page, stream(b"/X Do"), *forms, last]), "empty", "damaged", "died")


@pytest.mark.parametrize("make", [lambda: b"%PDF-1.7" * 100_000, lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 200_000])
def test_beginnings_and_no_file(spare: Reading, make: Callable[[], bytes]) -> None:
    ends(spare, make(), "damaged")
