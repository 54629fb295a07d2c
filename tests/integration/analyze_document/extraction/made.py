"""Files of each type, made by the libraries that people make them with."""

import io
import zipfile
from collections.abc import Mapping
from typing import Final

import docx
import pypdf
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

PAGE: Final = (600, 800)
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str, font: str = "Helvetica") -> bytes:
    """A page for each text, a line for each of its lines."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=PAGE)
    if font != "Helvetica":
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    for page in pages:
        canvas.setFont(font, 12)
        for number, line in enumerate(page.splitlines()):
            canvas.drawString(50, 750 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned_pdf() -> bytes:
    """A page that is a picture and nothing else."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=PAGE)
    canvas.drawImage(ImageReader(_picture()), 0, 0, *PAGE)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _picture() -> io.BytesIO:
    """Grey, as a portable pixmap."""
    return io.BytesIO(b"P6 20 20 255\n" + bytes([128]) * 1200)


def locked_pdf(text: str, *, user: str, owner: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(text)))
    writer.encrypt(user, owner, algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: "docx.document.Document") -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def package(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return file.getvalue()


def bare_word(body: str, before: str = "") -> bytes:
    """The least that is a Word document, with this XML in it."""
    document = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})
