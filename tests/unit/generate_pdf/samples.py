"""Documents with their analyses, and a table, as the tests want them typeset."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from functions.generate_pdf.contract import Item, Table
from shared.documents import Document, Status, StoredFile
from shared.documents.content import PDF

CREATED: Final = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

SCRIPTS: Final[Mapping[str, tuple[str, str]]] = {
    "Latin": ("vi", "Mỗi mùa thu, dòng nước quay bánh xe, Źdźbło, Ærø, ß, İı, œuvre"),
    "Greek": ("el", "Νερό γυρίζει τον τροχό· ᾧ καὶ Ἀρχιμήδης"),
    "Cyrillic": ("ru", "Вода вращает колесо — ґанок, џак, съешь ещё"),
    "Chinese, simplified": ("zh", "水推动轮子、“骨直门”说明。"),
    "Chinese, traditional": ("zh-Hant", "水推動輪子、「骨直門」說明。"),
    "Japanese": ("ja", "水が車輪を回す。「直角」ー々〆ヶ"),
    "Korean": ("ko", "물이 바퀴를 돌린다. 훈민정음"),
    "Arabic": ("ar", "الماء يدير العجلة، لا إله ١٢٣ پگچ"),
    "Hebrew": ("he", "המים מסובבים את הגלגל שָׁלוֹם ״כן״"),
    "emoji": ("en", "Water 💧 turns the wheel 🎡 👍🏽 👩‍🔬 ❤️ 🇪🇺 ✔ ☂"),
    "mixed": ("en", "Mill Μύλος мельница 水車 물레방아 طاحونة טחנה 🎡 चक्की โรงสี"),
}
"""By name, a language and a text of it."""


def document(title: str = "Review of the mills", *, name: str = "review.pdf", **changed: Any) -> Document:
    given: dict[str, Any] = {
        "id": "doc",
        "owner": "ada",
        "title": title,
        "tags": (),
        "version": 2,
        "indexed_version": 0,
        "file": StoredFile("files/doc", name, PDF, 1_234_567, SHA256),
        "status": Status.ANALYSED,
        "created_at": 1_795_490_145_760,
        "updated_at": 1_795_490_145_760,
    }
    return Document(**given | changed)


def analysis(**changed: Any) -> dict[str, Any]:
    return {
        "summary": "The mills ground more grain than in the quarter before.",
        "key_points": ["Output rose by 12%.", "A second wheel is asked for."],
        "keywords": [{"word": "mill", "weight": 1.0}, {"word": "sluice", "weight": 0.644}],
        "language": "en",
        "category": "report",
        "degraded": False,
        "model": "bedrock/some-model",
        "at": 1_795_490_160_000,
    } | changed


def table(*items: Item, **changed: Any) -> Table:
    given: dict[str, Any] = {
        "title": "Invoice",
        "number": "2026-0117",
        "issued": date(2026, 11, 30),
        "due": date(2026, 12, 30),
        "seller": ("Millwright & Sons Ltd", "1 Weir Lane"),
        "buyer": ("The Board of the Weir", "Town Hall"),
        "currency": "EUR",
        "items": items or (Item(what="Oak board", quantity=Decimal(3), price=Decimal("12.5")),),
        "tax_percent": Decimal(19),
        "note": "Payable within 30 days.",
    }
    return Table(**given | changed)
