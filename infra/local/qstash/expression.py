"""Computes an `Upstash-Retry-Delay` expression, such as `max(1000, pow(2, retried) * 500)`, without `eval`.

    sum    = term { ("+" | "-") term }
    term   = unary { ("*" | "/" | "%") unary }
    unary  = ("-" | "+") unary | atom
    atom   = number | "retried" | name "(" sum { "," sum } ")" | "(" sum ")"

Every number is a float, so that no expression can grow without bound.
"""

import math
import re
from collections.abc import Callable
from typing import Final

_LONGEST: Final = 256
_DEEPEST: Final = 50
_TOKEN: Final = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z]+)|([-+*/%(),]))")
_FUNCTIONS: Final[dict[str, tuple[int | None, Callable[..., float]]]] = {
    "pow": (2, math.pow),
    "sqrt": (1, math.sqrt),
    "abs": (1, abs),
    "exp": (1, math.exp),
    "floor": (1, math.floor),
    "ceil": (1, math.ceil),
    "round": (1, lambda value: math.floor(value + 0.5)),
    "min": (None, min),
    "max": (None, max),
}


def evaluate(text: str, *, retried: int) -> float:
    """Milliseconds, zero at least and perhaps infinite; ValueError where the expression has no meaning."""
    if len(text) > _LONGEST or text.count("(") > _DEEPEST:
        raise ValueError("retry delay expression is too long")
    try:
        value = _Parser(_tokens(text), float(retried)).whole()
    except OverflowError:
        return math.inf
    except ZeroDivisionError:
        raise ValueError("retry delay expression divides by zero") from None
    if math.isnan(value):
        raise ValueError("retry delay expression is not a number")
    return max(0.0, value)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"invalid retry delay expression at {text[at : at + 10]!r}")
        tokens.append(match[0].strip())
        at = match.end()
    return tokens


class _Parser:
    """Computes while it reads; `_next` is the token that comes."""

    def __init__(self, tokens: list[str], retried: float) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0
        self._retried = retried

    def whole(self) -> float:
        value = self._sum()
        if self._next:
            raise ValueError(f"unexpected {self._next!r} in retry delay expression")
        return value

    @property
    def _next(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise ValueError(f"expected {token!r} in retry delay expression")

    def _sum(self) -> float:
        value = self._term()
        while self._next in {"+", "-"}:
            value = value + self._term() if self._take() == "+" else value - self._term()
        return value

    def _term(self) -> float:
        value = self._unary()
        while self._next in {"*", "/", "%"}:
            operator, right = self._take(), self._unary()
            value = _product(operator, value, right)
        return value

    def _unary(self) -> float:
        if self._next in {"-", "+"}:
            return -self._unary() if self._take() == "-" else self._unary()
        return self._atom()

    def _atom(self) -> float:
        token = self._take()
        if token == "(":
            value = self._sum()
            self._expect(")")
            return value
        if token == "retried":
            return self._retried
        if token in _FUNCTIONS:
            return self._call(token)
        if not token[:1].isdigit():
            raise ValueError(f"unexpected {token!r} in retry delay expression")
        return float(token)

    def _call(self, name: str) -> float:
        self._expect("(")
        values = [self._sum()]
        while self._next == ",":
            self._take()
            values.append(self._sum())
        self._expect(")")
        arity, function = _FUNCTIONS[name]
        if arity is not None and len(values) != arity:
            raise ValueError(f"{name} takes {arity} values")
        return float(function(*values)) if len(values) > 1 or arity else values[0]


def _product(operator: str, left: float, right: float) -> float:
    match operator:
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return math.fmod(left, right)
