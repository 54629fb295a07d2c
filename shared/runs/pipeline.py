"""The few words of MongoDB's aggregation language that the state changes are written in.

All data goes through `literal`: a string that begins with `$` would be read as a field (case 18). The store's clock
is compared as a number, because not every server compares dates in an update pipeline.
"""

from typing import Any, Final

Expression = Any

NOW: Final[Expression] = {"$toLong": "$$NOW"}


def literal(value: object) -> Expression:
    return {"$literal": value}


def either(condition: Expression, yes: Expression, no: Expression) -> Expression:
    return {"$cond": [condition, yes, no]}


def field(name: str, default: object) -> Expression:
    return {"$ifNull": [f"${name}", literal(default)]}


def every(*conditions: Expression) -> Expression:
    return {"$and": list(conditions)}


def equal(left: Expression, right: Expression) -> Expression:
    return {"$eq": [left, right]}


def first_match(*branches: tuple[Expression, str], otherwise: str) -> Expression:
    """The name of the first branch whose condition holds."""
    return {"$switch": {"branches": [{"case": c, "then": name} for c, name in branches], "default": otherwise}}


def when(condition: Expression, changes: dict[str, Expression]) -> Expression:
    """A `$set` stage that applies `changes` where the condition holds and leaves every field alone where not."""
    return {"$set": {name: either(condition, value, f"${name}") for name, value in changes.items()}}
