"""The same table as HTML with weasyprint, which tags it as PDF/UA as ours does. Importing it needs Pango."""

import sys
from html import escape
from importlib import import_module
from typing import Any, Final

from functions.generate_pdf.contract import Table
from tests.benchmarks.typesetting.invoice import FONT, HEAD, invoice, rows

weasyprint: Any = import_module("weasyprint")
"""In no lock, so that no type checker finds it: a peer where somebody has installed it."""
fonts: Any = import_module("weasyprint.text.fonts")

STYLE: Final = f"""
@font-face {{ font-family: Noto; src: url({FONT.as_uri()}) }}
@page {{ size: A4; margin: 20mm; @bottom-right {{ content: counter(page); font: 8pt Noto }} }}
body {{ font: 10pt/1.3 Noto }}
table {{ border-collapse: collapse; width: 100% }}
tr {{ border-bottom: 0.25pt solid grey }}
th, td {{ text-align: right; vertical-align: top }}
th:first-child, td:first-child {{ text-align: left; width: 53% }}
"""
FONTS: Final = fonts.FontConfiguration()
SHEET: Final = weasyprint.CSS(string=STYLE, font_config=FONTS)


def typeset(table: Table) -> bytes:
    page = weasyprint.HTML(string=_page(table))
    made: bytes = page.write_pdf(stylesheets=[SHEET], font_config=FONTS, pdf_variant="pdf/ua-1")
    return made


def _page(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in HEAD)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows(table))
    lines = "<br>".join(map(escape, (*table.seller, *table.buyer, f"{table.number}, {table.issued}, {table.due}")))
    title = escape(table.title)
    return (
        f"<html lang='{table.language}'><title>{title}</title><h1>{title}</h1><p>{lines}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(table.note)}</p></html>"
    )


if __name__ == "__main__":
    typeset(invoice(int(sys.argv[1])))
