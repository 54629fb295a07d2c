"""The same table with reportlab's platypus: paragraphs that wrap, a head on each page, a numbered foot."""

import io
import sys
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)

from functions.generate_pdf.contract import Table
from tests.benchmarks.typesetting.invoice import FONT, HEAD, invoice, rows

pdfmetrics.registerFont(TTFont("Noto", FONT))
TEXT: Final = ParagraphStyle("text", fontName="Noto", fontSize=10, leading=13)
TITLE: Final = ParagraphStyle("title", TEXT, fontSize=20, leading=26)
WIDTHS: Final = (90 * mm, 25 * mm, 25 * mm, 30 * mm)


def typeset(table: Table) -> bytes:
    file = io.BytesIO()
    made = SimpleDocTemplate(file, pagesize=A4, title=table.title, invariant=True)
    made.build(_story(table), onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _story(table: Table) -> list[Any]:
    lines = [Paragraph(escape(line), TEXT) for line in (*table.seller, *table.buyer)]
    dates = Paragraph(escape(f"{table.number}, {table.issued}, {table.due}"), TEXT)
    cells = [[Paragraph(escape(what), TEXT), *amounts] for what, *amounts in (HEAD, *rows(table))]
    style = [
        ("FONT", (0, 0), (-1, -1), "Noto", 10),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
    ]
    grid = LongTable(cells, colWidths=WIDTHS, repeatRows=1, style=style)
    title, note = Paragraph(escape(table.title), TITLE), Paragraph(escape(table.note), TEXT)
    return [title, *lines, dates, Spacer(1, 6 * mm), grid, Spacer(1, 6 * mm), note]


def _foot(canvas: Any, _: Any) -> None:
    canvas.setFont("Noto", 8)
    canvas.drawRightString(A4[0] - 20 * mm, 12 * mm, str(canvas.getPageNumber()))


if __name__ == "__main__":
    typeset(invoice(int(sys.argv[1])))
