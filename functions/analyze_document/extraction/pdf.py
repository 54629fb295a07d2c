"""Text of a PDF by pdfium, a page at a time, from the file on disk: it reads what it needs of it.

Nothing in it runs: this build of pdfium has neither JavaScript nor forms of XFA. A file that only its owner's password
protects (from printing, from copying) opens without one, and is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pypdfium2
from pypdfium2 import raw

from functions.analyze_document.extraction.declines import declined
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.writer import TextWriter

MOST_PAGES: Final = 10_000
LOOKED_AT: Final = 20
"""Pages on which pictures are sought, where there is no text."""
_DEEP: Final = 4
"""Forms in forms in which they are sought."""


def read_pdf(path: Path, writer: TextWriter) -> Found:
    """A page that is damaged is left out; if all are, so is the file."""
    document = _opened(path)
    try:
        pages = len(document)
        if pages > MOST_PAGES:
            raise declined("too_complex", pages=pages)
        read = damaged = 0
        while read < pages and not writer.truncated:
            damaged += not _read_page(document, read, writer)
            read += 1
        if damaged == pages:
            raise declined("damaged", pages=pages)
        pictures = not writer.characters and _has_pictures(document, min(pages, LOOKED_AT))
        return Found(cut=read < pages, pictures=pictures)
    finally:
        document.close()


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise declined("encrypted" if locked else "damaged") from error


@contextmanager
def _page(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    """Closed at once: an open page keeps all that was parsed for it."""
    page = document[number]
    try:
        yield page
    finally:
        page.close()


def _read_page(document: pypdfium2.PdfDocument, number: int, writer: TextWriter) -> bool:
    try:
        with _page(document, number) as page:
            text = page.get_textpage()
            try:
                writer.write(text.get_text_bounded() + "\n\n")
            finally:
                text.close()
    except pypdfium2.PdfiumError:
        return False
    return True


def _has_pictures(document: pypdfium2.PdfDocument, pages: int) -> bool:
    for number in range(pages):
        try:
            with _page(document, number) as page:
                if any(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEP)):
                    return True
        except pypdfium2.PdfiumError:
            continue
    return False
