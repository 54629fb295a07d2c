"""Hostile Word documents: what is in the ZIP, what the ZIP says of itself, and what its XML does."""

import struct
import zipfile
from pathlib import Path
from typing import Final

import pytest

from shared.documents.content import DOCX
from tests.integration.analyze_document.extraction.made import WORD, bare_word, package, word
from tests.integration.analyze_document.extraction.read import Reading

OPENED: Final = f'<w:document xmlns:w="{WORD}">'.encode()
PARAGRAPH: Final = b"<w:p><w:r><w:t>hello</w:t></w:r></w:p>"
CANARY: Final = "the-content-of-another-file"


def document(body: bytes) -> bytes:
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


def ends(read: Reading, body: bytes, *allowed: str) -> None:
    assert read(body, DOCX, seconds=40).ended in {*allowed, "time", "memory"}
    assert read(word("The next file."), DOCX).text == "The next file."


def test_a_part_that_is_mostly_blank_space(read: Reading) -> None:
    ends(read, document(OPENED + b" " * 300_000_000), "too_complex")


def test_a_part_of_more_text_than_is_asked_for(read: Reading) -> None:
    outcome = read(document(OPENED + PARAGRAPH * 3_000_000), DOCX, most=100_000)
    assert outcome.answer is not None
    assert outcome.answer["truncated"]
    assert len(outcome.text) <= 100_000


def test_a_part_that_is_larger_than_it_says(read: Reading) -> None:
    """The list of contents and the part's own head both claim ten bytes."""
    body = bytearray(document(OPENED + PARAGRAPH * 100_000))
    name = b"word/document.xml"
    for place, size in ((body.find(name) - 30, 22), (body.rfind(name) - 46, 24)):
        struct.pack_into("<I", body, place + size, 10)
    ends(read, bytes(body), "damaged")


def test_parts_that_lie_over_each_other(read: Reading) -> None:
    """Every entry of the list is the same bytes of the file (https://www.bamsoftware.com/hacks/zipbomb/)."""
    body = document(OPENED + PARAGRAPH * 1000)
    start = body.find(b"PK\x01\x02")
    end = body.find(b"PK\x05\x06")
    times = 3_000
    listed = body[start:end] * times
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2 * times, 2 * times, len(listed), start, 0)
    ends(read, body[:start] + listed + tail, "damaged", "read")


def test_more_parts_than_any_document_has(read: Reading) -> None:
    ends(read, package({f"word/{number}.xml": b"" for number in range(12_000)}), "too_complex")


def test_a_picture_that_is_a_bomb_is_never_opened(read: Reading) -> None:
    body = package({"word/document.xml": OPENED + PARAGRAPH + b"</w:document>", "word/media/a.png": bytes(200_000_000)})
    assert read(body, DOCX).text == "hello"
    assert read.peak < 200_000_000


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_document_has(read: Reading, kind: int) -> None:
    """Each of them expands by far more than Deflate can."""
    body = package({"word/document.xml": OPENED + PARAGRAPH + b"</w:document>"}, kind)
    ends(read, body, "damaged")


def test_a_part_that_is_encrypted(read: Reading) -> None:
    body = bytearray(document(OPENED))
    name = b"word/document.xml"
    for place, flags in ((body.find(name) - 30, 6), (body.rfind(name) - 46, 8)):
        struct.pack_into("<H", body, place + flags, 1)
    ends(read, bytes(body), "encrypted")


def test_entities_that_expand_to_a_billion_laughs(read: Reading) -> None:
    entities = "".join(f'<!ENTITY a{level + 1} "{f"&a{level};" * 10}">' for level in range(9))
    before = f'<!DOCTYPE d [<!ENTITY a0 "laugh">{entities}]>'
    ends(read, bare_word("<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", before), "damaged")


@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_an_entity_of_another_file(read: Reading, kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    before = f'<!DOCTYPE d [<!ENTITY a {kind} "file://{secret}">]>'
    outcome = read(bare_word("<w:p><w:r><w:t>x&a;</w:t></w:r></w:p>", before), DOCX)
    assert outcome.ended == "damaged"
    assert CANARY not in outcome.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_declaration_in_another_encoding(read: Reading, encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding[:6]}"?><!DOCTYPE d [<!ENTITY a "b">]>{OPENED.decode()}</w:document>'
    )
    ends(read, document(text.encode(encoding)), "damaged")


@pytest.mark.parametrize("element", [b"<w:p>", b"<w:tbl><w:tr><w:tc>", b"<x>"])
def test_elements_in_elements_without_end(read: Reading, element: bytes) -> None:
    ends(read, document(OPENED + element * 100_000), "too_complex")


def test_an_attribute_of_twenty_megabytes(read: Reading) -> None:
    ends(read, document(OPENED + b'<w:p a="' + b"x" * 20_000_000 + b'"/></w:document>'), "empty")


def test_a_hundred_thousand_attributes(read: Reading) -> None:
    attributes = b" ".join(b'a%d=""' % number for number in range(100_000))
    ends(read, document(OPENED + b"<w:p " + attributes + b"/></w:document>"), "empty")


def test_parts_that_refer_to_each_other_in_a_circle(read: Reading) -> None:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    one = f'<Relationship Id="a" Type="{relations}/header" Target="document.xml"/>'
    circle = f'<Relationships xmlns="{relations}">{one * 1000}</Relationships>'.encode()
    parts = {"word/document.xml": OPENED + PARAGRAPH + b"</w:document>", "word/_rels/document.xml.rels": circle}
    assert read(package(parts), DOCX).text == "hello\n\nhello"  # as a header, and as itself
