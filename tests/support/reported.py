"""Documents and tables for the tests of generate_pdf, in several scripts; the texts are our own."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from functions.generate_pdf.contract import Item, Table
from shared.documents import Document
from shared.documents.model import read_document

MADE_AT: Final = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)

TEXTS: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
"""By language: title, summary, key_points and words. `und` is emoji and symbols."""


def analysis(tag: str = "en", **changed: Any) -> dict[str, Any]:
    """As the record holds it."""
    texts = TEXTS[tag]
    return {
        "summary": texts["summary"],
        "key_points": texts["key_points"],
        "keywords": [{"word": word, "weight": round(0.8**at, 3)} for at, word in enumerate(texts["words"])],
        "language": tag,
        "category": "report",
        "degraded": False,
        "model": "a-model",
        "at": MADE_AT,
        **changed,
    }


def record(tag: str = "en", **changed: Any) -> dict[str, Any]:
    """A document of MongoDB, but for its `_id` and `owner`."""
    title, words = TEXTS[tag]["title"], TEXTS[tag]["words"]
    made = int(MADE_AT.timestamp() * 1000)
    file = {"key": "files/d/1", "name": f"{words[-1]}.pdf", "content_type": "application/pdf", "size": 1_234_567}
    return {
        "title": title,
        "tags": ["2026", words[0]],
        "version": 3,
        "indexed_version": 0,
        "file": {**file, "sha256": "9f86d081884c7d65" * 4},
        "status": "analysed",
        "analysis": analysis(tag),
        "created_at": made,
        "updated_at": made,
        **changed,
    }


def document(tag: str = "en", **changed: Any) -> Document:
    return read_document({"_id": "a-document", "owner": "ann", **record(tag, **changed)})


def table(rows: int = 60, *, language: str = "en", **changed: Any) -> Table:
    """Every seventh row has more to say than a line holds."""
    long = "Sluice gate, oak, with its fittings, delivered to the weir and set by two people in a day's work"
    items = [
        Item(
            what=long if at % 7 == 3 else f"{TEXTS[language]['words'][0]} {at}",
            quantity=Decimal("2.5") if at % 5 == 0 else Decimal(at % 9 + 1),
            price=Decimal("1249.99") if at % 3 else Decimal("18.5"),
        )
        for at in range(1, rows + 1)
    ]
    given: dict[str, Any] = {
        "title": "Invoice",
        "number": "2026-0117",
        "issued": date(2026, 11, 24),
        "due": date(2026, 12, 24),
        "seller": ("Mill & Sons Ltd", "1 Race Lane", "Upper Valley"),
        "buyer": ("Ann Weaver", "12 Long Street", "Downstream"),
        "currency": "EUR",
        "items": tuple(items),
        "tax_percent": Decimal(19),
        "note": "Payable within thirty days, without deduction.",
        "language": language,
    }
    return Table.model_validate(given | changed)
