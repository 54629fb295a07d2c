"""Retry-delay expressions: arithmetic, and nothing but arithmetic."""

import math

import pytest

from infra.local.qstash.expression import evaluate


@pytest.mark.parametrize(
    ("text", "retried", "value"),
    [
        ("1000", 0, 1000),
        ("1000 * (1 + retried)", 2, 3000),
        ("pow(2, retried)", 10, 1024),
        ("max(10, pow(2, retried))", 1, 10),
        ("min(1, 2, 3, retried)", 9, 1),
        ("2 + 3 * 4 - 10 / 5", 0, 12),
        ("7 % 4", 0, 3),
        ("-(-5)", 0, 5),
        ("sqrt(16) + abs(-1)", 0, 5),
        ("floor(1.9) + ceil(1.1) + round(2.5)", 0, 6),
        ("exp(0)", 0, 1),
        ("  7000*retried ", 3, 21000),
    ],
)
def test_computes(text: str, retried: int, value: float) -> None:
    assert evaluate(text, retried=retried) == pytest.approx(value)


def test_is_never_negative() -> None:
    assert evaluate("retried - 5", retried=0) == 0


def test_a_result_beyond_all_bounds_is_infinite_and_quick() -> None:
    assert evaluate("pow(10, pow(10, 300))", retried=0) == math.inf


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1 2",
        "retries",
        "pow(1)",
        "sqrt(1, 2)",
        "max()",
        "sqrt(-1)",
        "1 / 0",
        "exp(1000) - exp(1000) * 0",
        "__import__('os')",
        "retried.real",
        "retried if 1 else 2",
        "9 ** 9",
        "[1]",
        "1" * 300,
        "(" * 60 + "1" + ")" * 60,
    ],
)
def test_refuses_what_has_no_meaning(text: str) -> None:
    if text.startswith("exp"):
        assert evaluate(text, retried=0) == math.inf
        return
    with pytest.raises(ValueError, match=r"."):
        evaluate(text, retried=0)
