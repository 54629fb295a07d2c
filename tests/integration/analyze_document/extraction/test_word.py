"""Text of Word documents: all that a reader of the page sees, in its order, and nothing else."""

from typing import Final

import docx
import pytest

from shared.documents.content import DOCX
from tests.integration.analyze_document.extraction.made import WORD, bare_word, package, saved, word
from tests.integration.analyze_document.extraction.read import Reading
from tests.unit.analyze_document.texts import TEXTS


def test_paragraphs_tables_and_lists_are_read_in_order(read: Reading) -> None:
    document = docx.Document()
    document.add_heading("Heading", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcd", strict=True):
        cell.text = text
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet")
    document.add_paragraph("After.")
    assert read(saved(document), DOCX).text == "Heading\n\nBefore the table.\n\na\tb\nc\td\n\n- one\n- two\nAfter."


def test_headers_and_footers_are_read_once(read: Reading) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "The header"
    document.sections[0].footer.paragraphs[0].text = "The footer"
    for number in range(5):
        document.add_paragraph(f"Page {number}.").paragraph_format.page_break_before = True
    text = read(saved(document), DOCX).text
    assert text.startswith("The header\n\nPage 0.")
    assert text.endswith("The footer")
    assert text.count("The header") == text.count("The footer") == 1


@pytest.mark.parametrize("tag", ["en", "ru", "el", "he", "ar", "hi", "th", "ja", "zh", "ko"])
def test_every_script_is_read_as_it_was_written(read: Reading, tag: str) -> None:
    assert read(word(TEXTS[tag]), DOCX).text == TEXTS[tag]


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r>{run}</w:r>' for run in runs)}</w:p>"


A: Final = paragraph("<w:t>a</w:t>")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph("<w:t>a</w:t>", "<w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t>", "<w:t>b</w:t>"), "ab"),
        (paragraph('<w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t>'), "shown"),
        (f"<w:del>{paragraph('<w:delText>x</w:delText><w:t>gone</w:t>')}</w:del>{A}", "a"),
        (f"<w:ins>{A}</w:ins>", "a"),
        (f"<w:moveFrom>{A}</w:moveFrom><w:moveTo>{A}</w:moveTo>", "a"),
        (f"<w:sdt><w:sdtContent>{A}</w:sdtContent></w:sdt>", "a"),
        (
            paragraph("<w:instrText>PAGE</w:instrText>", "<w:t>b</w:t><w:tab/><w:t>c</w:t><w:br/><w:t>d</w:t>"),
            "b\tc\nd",
        ),
        (paragraph(f"<w:pict><w:txbxContent>{A}</w:txbxContent></w:pict>"), "a"),
        (f"<w:ruby><w:rt>{paragraph('<w:t>as it is said</w:t>')}</w:rt><w:rubyBase>{A}</w:rubyBase></w:ruby>", "a"),
    ],
)
def test_what_is_shown_is_read_and_what_is_not_is_left_out(read: Reading, body: str, text: str) -> None:
    assert read(bare_word(body), DOCX).text == text


def test_a_text_box_that_is_there_for_old_readers_too_is_read_once(read: Reading) -> None:
    namespace = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    both = f"<m:Choice>{A}</m:Choice><m:Fallback>{A}</m:Fallback>"
    body = f'<m:AlternateContent xmlns:m="{namespace}">{both}</m:AlternateContent>'
    assert read(bare_word(body), DOCX).text == "a"


def related(kind: str, target: str) -> str:
    """What says that the document refers to this part."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    one = f'<Relationship Id="a" Type="{kinds}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{relations}">{one}</Relationships>'


def test_footnotes_are_read_after_the_text(read: Reading) -> None:
    note = f"<w:footnote>{paragraph('<w:t>A note.</w:t>')}</w:footnote>"
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}">{A}</w:document>',
        "word/notes.xml": f'<w:footnotes xmlns:w="{WORD}">{note}</w:footnotes>',
        "word/_rels/document.xml.rels": related("footnotes", "notes.xml"),
    }
    body = package({name: text.encode() for name, text in parts.items()})
    assert read(body, DOCX).text == "a\n\nA note."


@pytest.mark.parametrize("target", ["../../../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x", "%2e%2e/x"])
def test_what_is_not_in_the_package_is_not_looked_for(read: Reading, target: str) -> None:
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{WORD}">{A}</w:document>',
        "word/_rels/document.xml.rels": related("header", target),
    }
    body = package({name: text.encode() for name, text in parts.items()})
    assert read(body, DOCX).text == "a"


@pytest.mark.parametrize("body", [word(), bare_word(""), bare_word(paragraph("<w:t> </w:t>"))])
def test_a_document_without_words_is_empty(read: Reading, body: bytes) -> None:
    assert read(body, DOCX).ended == "empty"


@pytest.mark.parametrize(
    "body",
    [
        package({"[Content_Types].xml": b"<Types/>"}),
        package({"word/document.xml": b"<w:document"}),
        package({"word/document.xml": b"\x89PNG"}),
        word("Text.")[:-100],
        b"PK\x03\x04",
        b"no document",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    ],
)
def test_what_is_no_word_document_is_damaged(read: Reading, body: bytes) -> None:
    assert read(body, DOCX).ended == "damaged"


def test_a_document_that_needs_a_password_is_encrypted(read: Reading) -> None:
    """Word wraps it into a compound file, whose list of contents names the encrypted package."""
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert read(body, DOCX).ended == "encrypted"
