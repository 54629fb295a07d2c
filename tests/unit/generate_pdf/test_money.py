"""The figures of a table: exact, rounded line by line, and written as the language writes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.generate_pdf.contract import Item
from functions.generate_pdf.money import digits_of, reckoned, written

AMOUNTS = st.decimals(min_value=-(10**11) + 1, max_value=10**11 - 1, places=4, allow_nan=False, allow_infinity=False)


def item(quantity: str, price: str) -> Item:
    return Item(what="x", quantity=Decimal(quantity), price=Decimal(price))


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XYZ", 2)])
def test_a_currency_has_as_many_digits_as_its_standard_says(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "amount"),
    [
        ("1", "0.005", "EUR", "0.01"),
        ("1", "-0.005", "EUR", "-0.01"),
        ("3", "0.335", "EUR", "1.01"),
        ("1", "2.5", "JPY", "3"),
        ("0.3333", "3", "KWD", "1.000"),
        ("99999999999.9999", "99999999950.0004", "EUR", "9999999995000030000000.00"),  # 30 digits
    ],
)
def test_a_line_is_rounded_half_up_to_the_smallest_unit(quantity: str, price: str, currency: str, amount: str) -> None:
    sums = reckoned([item(quantity, price)], Decimal(0), currency)
    assert str(sums.amounts[0]) == amount


def test_the_sum_is_of_rounded_lines_as_a_reader_adds_them() -> None:
    """Rounded at the end it would be 1.00."""
    sums = reckoned([item("1", "0.335")] * 3, Decimal("7.5"), "EUR")
    assert (sums.subtotal, sums.tax, sums.total) == (Decimal("1.02"), Decimal("0.08"), Decimal("1.10"))


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=30), st.decimals(0, 100, places=2))
def test_total_is_lines_and_tax_to_the_last_digit(pairs: list[tuple[Decimal, Decimal]], percent: Decimal) -> None:
    sums = reckoned([item(str(quantity), str(price)) for quantity, price in pairs], percent, "EUR")
    cents = [int(amount.scaleb(2)) for amount in (*sums.amounts, sums.tax)]
    assert sum(cents) == int(sums.total.scaleb(2))
    assert int(sums.subtotal.scaleb(2)) == sum(cents[:-1])


@pytest.mark.parametrize(
    ("number", "language", "digits", "shown"),
    [
        ("1234567.5", "en", 2, "1,234,567.50"),
        ("1234567.5", "de", 2, "1.234.567,50"),
        ("1234567.5", "fr", 2, "1\u202f234\u202f567,50"),
        ("1234567.5", "ja", 0, "1,234,567.5"),
        ("12.3456", "en", 2, "12.3456"),
        ("12.3000", "en", 0, "12.3"),
        ("12.0000", "en", 0, "12"),
        ("12.0000", "en", 2, "12.00"),
        ("-0.5", "en", 2, "\u22120.50"),
        ("1E+3", "en", 0, "1,000"),
        ("0", "en", 2, "0.00"),
    ],
)
def test_a_number_is_written_with_all_its_digits(number: str, language: str, digits: int, shown: str) -> None:
    assert written(Decimal(number), language, digits=digits) == shown
