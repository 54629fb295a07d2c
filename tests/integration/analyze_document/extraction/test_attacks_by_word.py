"""Hostile Word documents: what is in the ZIP, what the ZIP says of itself, and what its XML does.

Each ends as is told here, and the next file is read as if nothing had been.
"""

import struct
import zipfile
from pathlib import Path
from typing import Final

import pytest

from shared.documents.content import DOCX
from tests.integration.analyze_document.extraction.ending import ending
from tests.integration.analyze_document.extraction.made import WORD, bare_word, package
from tests.integration.analyze_document.extraction.read import Reading

OPENED: Final = f'<w:document xmlns:w="{WORD}">'.encode()
PARAGRAPH: Final = b"<w:p><w:r><w:t>hello</w:t></w:r></w:p>"
CANARY: Final = "the-content-of-another-file"


def document(body: bytes) -> bytes:
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": body})


def ended(read: Reading, body: bytes) -> str:
    return ending(read, body, DOCX).ended


def test_a_part_that_unpacks_to_300_megabytes_of_blank_space_is_declined(read: Reading) -> None:
    assert ended(read, document(OPENED + b" " * 300_000_000)) == "too_complex"


def test_a_part_of_more_text_than_is_asked_for_is_cut(read: Reading) -> None:
    outcome = ending(read, document(OPENED + PARAGRAPH * 3_000_000), DOCX, most=100_000)
    assert outcome.answer is not None
    assert outcome.answer["truncated"]
    assert len(outcome.text) <= 100_000


def test_a_part_that_is_larger_than_it_says_is_damaged(read: Reading) -> None:
    """The list of contents and the part's own head both claim ten bytes."""
    body = bytearray(document(OPENED + PARAGRAPH * 100_000))
    name = b"word/document.xml"
    for place, size in ((body.find(name) - 30, 22), (body.rfind(name) - 46, 24)):
        struct.pack_into("<I", body, place + size, 10)
    assert ended(read, bytes(body)) == "damaged"


def test_parts_that_lie_over_each_other_are_damaged(read: Reading) -> None:
    """Every entry of the list is the same bytes of the file (https://www.bamsoftware.com/hacks/zipbomb/)."""
    body = document(OPENED + PARAGRAPH * 1000)
    start = body.find(b"PK\x01\x02")
    end = body.find(b"PK\x05\x06")
    times = 3_000
    listed = body[start:end] * times
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2 * times, 2 * times, len(listed), start, 0)
    assert ended(read, body[:start] + listed + tail) == "damaged"


def test_more_parts_than_any_document_has_are_declined(read: Reading) -> None:
    assert ended(read, package({f"word/{number}.xml": b"" for number in range(12_000)})) == "too_complex"


def test_a_picture_that_is_a_bomb_is_never_opened(read: Reading) -> None:
    body = package({"word/document.xml": OPENED + PARAGRAPH + b"</w:document>", "word/media/a.png": bytes(200_000_000)})
    assert ending(read, body, DOCX).text == "hello"
    assert read.peak < 200_000_000


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_no_document_has_is_not_opened(read: Reading, kind: int) -> None:
    """Each of them expands by far more than Deflate can."""
    body = package({"word/document.xml": OPENED + PARAGRAPH + b"</w:document>"}, kind)
    assert ended(read, body) == "damaged"


def test_a_part_that_is_encrypted_is_told_as_such(read: Reading) -> None:
    body = bytearray(document(OPENED))
    name = b"word/document.xml"
    for place, flags in ((body.find(name) - 30, 6), (body.rfind(name) - 46, 8)):
        struct.pack_into("<H", body, place + flags, 1)
    assert ended(read, bytes(body)) == "encrypted"


def test_entities_that_would_expand_to_a_billion_laughs_are_damage(read: Reading) -> None:
    entities = "".join(f'<!ENTITY a{level + 1} "{f"&a{level};" * 10}">' for level in range(9))
    before = f'<!DOCTYPE d [<!ENTITY a0 "laugh">{entities}]>'
    assert ended(read, bare_word("<w:p><w:r><w:t>&a9;</w:t></w:r></w:p>", before)) == "damaged"


@pytest.mark.parametrize("kind", ["SYSTEM", "PUBLIC 'x'"])
def test_an_entity_of_another_file_is_damage_and_opens_nothing(read: Reading, kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    before = f'<!DOCTYPE d [<!ENTITY a {kind} "file://{secret}">]>'
    outcome = ending(read, bare_word("<w:p><w:r><w:t>x&a;</w:t></w:r></w:p>", before), DOCX)
    assert outcome.ended == "damaged"
    assert CANARY not in outcome.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_a_declaration_is_found_in_whatever_encoding(read: Reading, encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding[:6]}"?><!DOCTYPE d [<!ENTITY a "b">]>{OPENED.decode()}</w:document>'
    )
    assert ended(read, document(text.encode(encoding))) == "damaged"


@pytest.mark.parametrize("element", [b"<w:p>", b"<w:tbl><w:tr><w:tc>", b"<x>"])
def test_xml_that_is_a_hundred_thousand_elements_deep_is_declined(read: Reading, element: bytes) -> None:
    assert ended(read, document(OPENED + element * 100_000)) == "too_complex"


def test_an_attribute_of_twenty_megabytes_is_no_text(read: Reading) -> None:
    assert ended(read, document(OPENED + b'<w:p a="' + b"x" * 20_000_000 + b'"/></w:document>')) == "empty"


def test_a_hundred_thousand_attributes_are_no_text(read: Reading) -> None:
    attributes = b" ".join(b'a%d=""' % number for number in range(100_000))
    assert ended(read, document(OPENED + b"<w:p " + attributes + b"/></w:document>")) == "empty"


def test_a_part_that_is_its_own_header_is_read_twice_and_not_in_a_circle(read: Reading) -> None:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    one = f'<Relationship Id="a" Type="{relations}/header" Target="document.xml"/>'
    circle = f'<Relationships xmlns="{relations}">{one * 1000}</Relationships>'.encode()
    parts = {"word/document.xml": OPENED + PARAGRAPH + b"</w:document>", "word/_rels/document.xml.rels": circle}
    assert ending(read, package(parts), DOCX).text == "hello\n\nhello"  # as a header, and as itself
