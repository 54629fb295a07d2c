"""The same text as a file of each type, made by other libraries than those that read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from shared.documents.content import DOCX, PDF

LINES: Final = 50
"""A page's."""
LINE: Final = "Line {} of page {}: the mill's wheel turns as long as the race has water, and no longer than that."


@dataclass(frozen=True, slots=True)
class Sample:
    what: str
    path: Path
    content_type: str


@dataclass(frozen=True, slots=True)
class Corpus:
    samples: Sequence[Sample]
    megabytes: float
    """Of the text that is in each of them."""


def made(folder: Path, pages: int) -> Corpus:
    text = [[LINE.format(line, page) for line in range(LINES)] for page in range(pages)]
    lines = [line for page in text for line in page]
    samples = (
        Sample("PDF", _pdf(folder / "a.pdf", text), PDF),
        Sample("DOCX", _docx(folder / "a.docx", lines), DOCX),
        Sample("HTML", _html(folder / "a.html", lines), "text/html"),
        Sample("plain text", _plain(folder / "a.txt", lines), "text/plain"),
    )
    return Corpus(samples, sum(len(line) + 1 for line in lines) / 1e6)


def _pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for page in pages:
        text = canvas.beginText(50, 790)
        text.setFont("Helvetica", 10)
        for line in page:
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return path


def _docx(path: Path, lines: Sequence[str]) -> Path:
    document = docx.Document()
    body = document.element.body
    for line in lines:  # add_paragraph would look for the end each time
        body.add_p().add_r().text = line
    document.save(str(path))
    return path


def _html(path: Path, lines: Sequence[str]) -> Path:
    body = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    path.write_text(f"<!DOCTYPE html><title>The mill</title>\n{body}\n")
    return path


def _plain(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path
