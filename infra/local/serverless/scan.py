"""Finds the variables in a text and the choices in a variable: `${source:address, fallback}`."""

from dataclasses import dataclass

from infra.local.serverless.document import ServerlessError


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: plain, or a variable without its `${` and `}`."""

    text: str
    variable: bool


def pieces(text: str, place: str) -> list[Piece]:
    """A text as its plain pieces and variables, in order; never empty."""
    found, start = [], 0
    while (opening := text.find("${", start)) >= 0:
        if opening > start:
            found.append(Piece(text[start:opening], variable=False))
        closing = _closing(text, opening + 2)
        if closing < 0:
            raise ServerlessError(place, f"a variable is not closed: {text}")
        found.append(Piece(text[opening + 2 : closing], variable=True))
        start = closing + 1
    if start < len(text) or not found:
        found.append(Piece(text[start:], variable=False))
    return found


def choices(expression: str) -> list[str]:
    """The choices of a variable: split at the commas outside quotes, braces and parentheses."""
    found, depth, quote = [""], 0, ""
    for character in expression:
        depth, quote = _step(character, depth, quote)
        if character == "," and depth == 0 and not quote:
            found.append("")
        else:
            found[-1] += character
    return [choice.strip() for choice in found]


def _closing(text: str, start: int) -> int:
    depth, quote = 0, ""
    for index in range(start, len(text)):
        depth, quote = _step(text[index], depth, quote)
        if depth < 0:
            return index
    return -1


def _step(character: str, depth: int, quote: str) -> tuple[int, str]:
    """How deep in brackets, and in which quotes, the next character stands."""
    if quote:
        return depth, "" if character == quote else quote
    if character in "'\"":
        return depth, character
    return depth + (character in "{(") - (character in "})"), ""
