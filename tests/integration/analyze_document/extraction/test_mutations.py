"""Real files with bytes flipped, cut out and put in, and bytes of no kind: no file is a fault."""

from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.documents.content import DOCX, PDF
from tests.integration.analyze_document.extraction.made import locked_pdf, package, pdf, scanned_pdf, word
from tests.integration.analyze_document.extraction.read import HTML, MARKDOWN, PLAIN, TYPES, Reading
from tests.unit.analyze_document.texts import TEXTS

PAGE: Final = f"<html><head><title>t</title></head><body><ul><li>{TEXTS['ru']}</ul><table><tr><td>1</table></body>"
NOTE: Final = f"---\ntitle: t\n---\n# h\n\n- a\n\n> {TEXTS['el']}\n\n| a |\n|---|\n| b |\n\n```\nc\n```\n<div>d</div>\n"
REAL: Final = (
    (PDF, pdf("First page.", "Second page.")),
    (PDF, locked_pdf("Text.", user="", owner="x", algorithm="RC4-128")),
    (PDF, scanned_pdf()),
    (DOCX, word(TEXTS["en"], TEXTS["ja"])),
    (DOCX, package({"word/document.xml": b"<w:document/>", "word/_rels/document.xml.rels": b"<Relationships/>"})),
    (HTML, PAGE.encode("cp1251")),
    (MARKDOWN, NOTE.encode()),
    (PLAIN, TEXTS["ja"].encode("euc_jp")),
)
NO_FAULT: Final = {"read", "encrypted", "scanned", "damaged", "empty", "too_complex", "time", "memory"}

at_its_own_pace = settings(suppress_health_check=list(HealthCheck))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    kind, body = draw(st.sampled_from(REAL))
    changed = bytearray(body)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(changed) - 1)))
        match draw(st.sampled_from(["flip", "cut", "put", "repeat", "end"])):
            case "flip" if changed:
                changed[place] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del changed[place : place + draw(st.integers(1, 200))]
            case "put":
                changed[place:place] = draw(st.binary(min_size=1, max_size=8))
            case "repeat":
                changed[place:place] = changed[place : place + draw(st.integers(1, 200))]
            case "end":
                del changed[max(place, 1) :]
    return kind, bytes(changed)


@at_its_own_pace
@given(file=mutated())
def test_a_file_that_is_nearly_whole_is_no_fault(read: Reading, file: tuple[str, bytes]) -> None:
    kind, body = file
    assert read(body, kind).ended in NO_FAULT


@at_its_own_pace
@given(body=st.binary(max_size=2_000), kind=st.sampled_from(TYPES))
def test_bytes_of_no_kind_are_no_fault(read: Reading, body: bytes, kind: str) -> None:
    assert read(body, kind).ended in NO_FAULT


@at_its_own_pace
@given(text=st.text(max_size=500), kind=st.sampled_from([HTML, MARKDOWN, PLAIN]))
def test_any_text_is_read_or_empty(read: Reading, text: str, kind: str) -> None:
    assert read(text.encode("utf-8", "ignore"), kind).ended in {"read", "empty", "damaged"}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("is_of", "body"), REAL)
def test_a_file_that_is_taken_for_another_type_is_no_fault(read: Reading, kind: str, is_of: str, body: bytes) -> None:
    assert read(body, kind).ended in NO_FAULT
