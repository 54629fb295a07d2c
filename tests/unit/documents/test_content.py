"""What a file's bytes may be: the type they were promised as, or nothing."""

import codecs
import io
import zipfile

import pytest

from shared.documents.content import DOCX, PDF, plausible, saved_as

TEXT = "Ποίηση и проза, 文書\r\n\t§ ½ \x1b"


def docx(*names: str, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x" * 100)
        made.comment = comment
    return buffer.getvalue()


A_DOCX = docx("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.4\n",
        b"%PDF-2.0",
        b"\xef\xbb\xbf%PDF-1.7",
        b"junk that mailers put before it\n%PDF-1.3",
    ],
)
def test_a_pdf_says_so_in_its_first_kilobyte(body: bytes) -> None:
    assert plausible(PDF, body)


@pytest.mark.parametrize("body", [b"", b"%PD", b"%!PS-Adobe", A_DOCX, b" " * 1020 + b"%PDF-1.7", b"MZ\x90", b"<html>"])
def test_what_does_not_is_no_pdf(body: bytes) -> None:
    assert not plausible(PDF, body)


@pytest.mark.parametrize(
    "body",
    [
        A_DOCX,
        docx("word/document2.xml", "[Content_Types].xml", "_rels/.rels", "docProps/app.xml"),
        docx("[Content_Types].xml", "word/document.xml", comment=b"made by hand"),
    ],
)
def test_a_docx_lists_its_parts_at_its_end(body: bytes) -> None:
    assert plausible(DOCX, body, body)
    assert plausible(DOCX, body[:30], body[-300:])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"PK",
        docx(),
        docx("word/document.xml"),
        docx("[Content_Types].xml", "xl/workbook.xml"),
        docx("[Content_Types].xml", "other/word/x"),
        docx("META-INF/MANIFEST.MF", "A.class"),
        b"MZ" + A_DOCX,
        A_DOCX[:-60],
        b"PK\x03\x04 word/document.xml [Content_Types].xml PK\x05\x06",
        b"PK\x03\x04PK\x05\x06PK\x01\x02",
    ],
)
def test_what_does_not_is_no_docx(body: bytes) -> None:
    assert not plausible(DOCX, body, body)


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "text/html"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
        "проза".encode("koi8-r"),
        "文書".encode("shift-jis"),
        "文書".encode("gb18030"),
        "文書".encode("iso-2022-jp"),
        "Ποίηση".encode("iso-8859-7"),
        "½ “quoted”".encode("cp1252"),
        "文書".encode()[:-1],
        codecs.BOM_UTF16_LE + "文書🙂".encode("utf-16-le")[:-1],
    ],
)
def test_text_of_any_encoding_is_text(kind: str, body: bytes) -> None:
    assert plausible(kind, body)


@pytest.mark.parametrize(
    "body",
    [
        b"a\x00b",
        TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_LE + b"a\x00\x00\x00b\x00",
        codecs.BOM_UTF16_LE + b"\x00\xdc\x00\xdc",
        codecs.BOM_UTF8 + b"\xff\xff",
        codecs.BOM_UTF8 + b"\x7fELF\x02\x01",
        codecs.BOM_UTF16_BE + "a\x01".encode("utf-16-be"),
        A_DOCX,
        b"%PDF-1.7\nplain",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"GIF89a\x01\x00",
        b"\x7fELF\x02\x01",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x1f\x8b\x08\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00",
    ],
)
def test_a_binary_is_no_text(body: bytes) -> None:
    assert not plausible("text/plain", body)


def test_a_type_that_only_the_configuration_knows_is_taken_as_it_is() -> None:
    assert plausible("image/png", b"anything")
    assert saved_as("a.png", "image/png") == "a.png"


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("a.PDF", PDF, "a.PDF"),
        ("a", PDF, "a.pdf"),
        ("a.exe", "text/plain", "a.exe.txt"),
        ("a.md", "text/plain", "a.md"),
        ("a.txt", "text/html", "a.txt.html"),
        ("pdf", PDF, "pdf.pdf"),
    ],
)
def test_a_download_has_an_ending_of_its_type(name: str, kind: str, saved: str) -> None:
    assert saved_as(name, kind) == saved
