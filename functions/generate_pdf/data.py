"""What a template is given: every word and figure as it is shown, in an order of its own, as JSON can hold it.

All of it is fixed by the run and the document as they were read; no clock and no place is asked, so that the same data
makes the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from functions.generate_pdf import languages, money
from functions.generate_pdf.contract import Table
from functions.generate_pdf.languages import Setting
from functions.generate_pdf.words import words
from shared.documents import Document, content
from shared.runs.model import instant
from shared.text import cut, lines, one_line

MAKER: Final = "Millrace"
RUNNING: Final = 90
"""Characters of the title in the header of every page; what its line has no room for is clipped."""
NUMBER: Final = 40
"""Of a table's number, beside it."""
NAMELESS: Final = "\u2013"
"""Stands for a title in which nothing is visible."""

_TYPES: Final = {content.PDF: "PDF", content.DOCX: "Word (DOCX)", "text/markdown": "Markdown", "text/html": "HTML"}


def report(document: Document, analysis: Mapping[str, Any], created: datetime) -> dict[str, Any]:
    """The report on an analysed document. `created` is when the run was accepted."""
    told = " ".join([document.title, analysis["summary"], *analysis["key_points"]])
    setting = languages.setting(analysis["language"], told)
    terms = _terms(setting)
    name, method, bars = one_line(document.file.name), _method(analysis, terms), _bars(analysis["keywords"])
    return {
        **_page(setting, terms, title=document.title),
        "maker": MAKER,
        "date": f"{created.astimezone(UTC):%Y-%m-%d}",
        "name": name,
        "category": terms.get(f"category_{analysis['category']}", terms["category_other"]),
        "language": languages.name(analysis["language"]) or terms["unknown"],
        "method": method,
        "summary": lines(analysis["summary"]),
        "points": list(filter(None, map(one_line, analysis["key_points"]))),
        "keywords": bars,
        "alt": terms["chart"].format(bars=", ".join(f"{bar['word']} {bar['weight']}" for bar in bars)),
        "particulars": [
            _row(terms["file_name"], name),
            _row(terms["type"], _TYPES.get(document.file.content_type, document.file.content_type), ltr=True),
            _row(terms["size"], size(document.file.size, setting.language), ltr=True),
            _row(terms["checksum"], document.file.sha256, ltr=True),
            _row(terms["uploaded"], _moment(document.created_at), ltr=True),
            _row(terms["analysed"], _moment(analysis["at"]), ltr=True),
            _row(terms["analysis"], method),
        ],
    }


def table(asked: Table) -> dict[str, Any]:
    """Items with their sums, as on an invoice."""
    told = " ".join([asked.title, asked.note, *asked.seller, *asked.buyer, *(item.what for item in asked.items)])
    setting = languages.setting(asked.language, told)
    terms = _terms(setting)
    digits = money.digits_of(asked.currency)
    sums = money.reckoned(asked.items, asked.tax_percent, asked.currency)

    def figure(number: Any, least: int = 0) -> str:
        return money.written(number, setting.language, digits=least)

    return {
        **_page(setting, terms, title=asked.title),
        "number": cut(one_line(asked.number), NUMBER),
        "seller": list(map(one_line, asked.seller)),
        "buyer": list(map(one_line, asked.buyer)),
        "currency": asked.currency,
        "particulars": [
            _row(terms["number"], one_line(asked.number)),
            _row(terms["issued"], asked.issued.isoformat(), ltr=True),
            *([_row(terms["due"], asked.due.isoformat(), ltr=True)] if asked.due else []),
        ],
        "items": [
            {
                "what": one_line(item.what),
                "quantity": figure(item.quantity),
                "price": figure(item.price, digits),
                "amount": figure(amount, digits),
            }
            for item, amount in zip(asked.items, sums.amounts, strict=True)
        ],
        "sums": [
            _row(terms["subtotal"], figure(sums.subtotal, digits), ltr=True),
            _row(f"{terms['tax']} ({figure(asked.tax_percent)}%)", figure(sums.tax, digits), ltr=True),
        ],
        "total": f"{figure(sums.total, digits)} {asked.currency}",
        "note": lines(asked.note),
    }


def _terms(setting: Setting) -> Mapping[str, str]:
    return words(setting.language, traditional=setting.region is not None)


def _page(setting: Setting, terms: Mapping[str, str], *, title: str) -> dict[str, Any]:
    """What house.typ reads. A title of nothing but invisible marks is none, and a PDF must have one."""
    shown = one_line(title) or NAMELESS
    return {
        "words": dict(terms),
        "lang": setting.language,
        "region": setting.region,
        "rtl": setting.right_to_left,
        "east_asian": setting.east_asian,
        "cjk": setting.family,
        "spaced": setting.spaced,
        "title": shown,
        "running": cut(shown, RUNNING),
    }


def _bars(keywords: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Weights from 0 to 1 become whole numbers out of a hundred; the heaviest comes first."""
    bars = [{"word": one_line(one["word"]), "weight": round(100 * one["weight"])} for one in keywords]
    return sorted(bars, key=lambda bar: -bar["weight"])


def _method(analysis: Mapping[str, Any], terms: Mapping[str, str]) -> str:
    if analysis["degraded"]:
        return terms["degraded"]
    return terms["by_model"].replace("{model}", one_line(analysis["model"]))


def _row(name: str, value: str, *, ltr: bool = False) -> dict[str, Any]:
    """A name and its value; `ltr` for what is written from left to right in every language."""
    return {"name": name, "value": value, "ltr": ltr}


def _moment(milliseconds: int) -> str:
    return f"{instant(milliseconds):%Y-%m-%d %H:%M} UTC"


def size(count: int, language: str) -> str:
    """Bytes as people say them, as in `1.2 MB`: thousands, with one digit behind the point where that tells more."""
    value, unit = Decimal(count), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    shown = value.quantize(Decimal("0.1") if value < 100 and unit != "B" else Decimal(1), ROUND_HALF_UP)
    return f"{money.written(shown, language)} {unit}"
