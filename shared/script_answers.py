"""Reads what a script answered: whole numbers, or it is not our script's answer."""

from typing import Any, Final

from shared.errors import DependencyDown

EXACT: Final = 2**53
"""What a number of Lua holds exactly; none of our scripts gives a larger one."""


def numbers(answer: Any, count: int) -> list[int]:
    """So many whole numbers. What else a Redis, or something in front of it, may say is DependencyDown."""
    if isinstance(answer, list) and len(answer) == count and all(_is_whole(number) for number in answer):
        return answer
    raise another_form()


def number(answer: Any) -> int:
    return numbers([answer], 1)[0]


def another_form() -> DependencyDown:
    return DependencyDown("redis", "answered in another form")


def _is_whole(number: Any) -> bool:
    return type(number) is int and -EXACT <= number <= EXACT
