"""The figures of a table, reckoned in decimals and written as its language writes them.

Each line is rounded by itself, halves away from zero, to the currency's smallest unit; the sums add rounded lines, so
that a reader who adds them up comes to the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, Protocol

EXACT: Final = Context(prec=80)
"""Two amounts of 15 digits have a product of 30, which Python's own 28 would round on the way."""

_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Digits behind the point, where they are not two: ISO 4217, list one."""


class Priced(Protocol):
    @property
    def quantity(self) -> Decimal: ...
    @property
    def price(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Sums:
    amounts: Sequence[Decimal]
    """Of each line."""
    subtotal: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands between groups of three digits, and before the fraction."""

    group: str = ","
    point: str = "."


_POINTS: Final = Marks(".", ",")
_SPACES: Final = Marks("\u202f", ",")
_MARKS: Final = {
    **dict.fromkeys(("da", "de", "el", "es", "hr", "id", "it", "nl", "pt", "ro", "sl", "sr", "tr", "vi"), _POINTS),
    **dict.fromkeys(("be", "bg", "cs", "et", "fi", "fr", "hu", "lt", "lv", "nb", "no", "pl"), _SPACES),
    **dict.fromkeys(("ru", "sk", "sv", "uk"), _SPACES),
}


def digits_of(currency: str) -> int:
    return _DIGITS.get(currency, 2)


def reckoned(items: Iterable[Priced], tax_percent: Decimal, currency: str) -> Sums:
    smallest = Decimal(1).scaleb(-digits_of(currency))

    def rounded(amount: Decimal) -> Decimal:
        return amount.quantize(smallest, ROUND_HALF_UP, EXACT)

    amounts = [rounded(EXACT.multiply(item.quantity, item.price)) for item in items]
    subtotal = rounded(Decimal(0))
    for amount in amounts:
        subtotal = EXACT.add(subtotal, amount)
    tax = rounded(EXACT.divide(EXACT.multiply(subtotal, tax_percent), Decimal(100)))
    return Sums(amounts, subtotal, tax, EXACT.add(subtotal, tax))


def written(number: Decimal, language: str, *, digits: int = 0) -> str:
    """All of its digits, at least so many of them behind the point; with a minus that is as wide as a plus."""
    marks = _MARKS.get(language, Marks())
    whole, _, fraction = f"{abs(number):f}".partition(".")
    fraction = fraction.rstrip("0").ljust(digits, "0")
    grouped = f"{int(whole):,}".replace(",", marks.group)
    shown = f"{grouped}{marks.point}{fraction}" if fraction else grouped
    return f"\u2212{shown}" if number < 0 else shown
