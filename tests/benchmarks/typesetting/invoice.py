"""What is typeset: the table of generate_pdf's own contract, with words that every peer's font has."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Final

from functions.generate_pdf.contract import Item, Table

FONT: Final = Path(str(files("manimgx_fonts"))) / "NotoSans[wght].ttf"
"""Ours has it too; the peers take it in its regular weight alone."""
WORDS: Final = (
    "Hosting of the document desk, Größe M, from the first to the last day of the month",
    "Μετάφραση: a translation of the manual",
    "Проверка и печать",
    "Search index, rebuilt and checked against every document that it shows, with a report on what was missing",
)


def invoice(lines: int, edition: int = 0) -> Table:
    """Every line of another edition reads otherwise: typst keeps what it has laid out, and finds it again."""
    return Table(
        title="Invoice",
        number=f"2026-{edition}",
        issued=date(2026, 11, 30),
        due=date(2026, 12, 30),
        seller=("Millrace Ltd", "1 Mill Lane", "London"),
        buyer=("Ada Lovelace", "12 St James's Square", "London"),
        currency="EUR",
        items=tuple(_item(n, edition) for n in range(lines)),
        tax_percent=Decimal(19),
        note="Payable within thirty days.",
    )


def _item(n: int, edition: int) -> Item:
    words = f"{WORDS[n % len(WORDS)]} ({edition}.{n})"
    return Item(what=words, quantity=Decimal(n % 9 + 1), price=Decimal(n % 97) + Decimal(edition) / 100)


HEAD: Final = ("What", "Quantity", "Price", "Sum")


def rows(table: Table) -> Iterator[tuple[str, str, str, str]]:
    """The lines as a peer draws them, then the sums."""
    for item in table.items:
        yield item.what, f"{item.quantity}", f"{item.price:.2f}", f"{item.quantity * item.price:.2f}"
    net = sum((item.quantity * item.price for item in table.items), Decimal(0))
    tax = net * table.tax_percent / 100
    for what, amount in (("Net", net), (f"Tax, {table.tax_percent} %", tax), (f"Total, {table.currency}", net + tax)):
        yield what, "", "", f"{amount:.2f}"
