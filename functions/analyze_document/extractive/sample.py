"""The part of a long text that is looked at: pieces from its beginning to its end, each a whole number of lines."""

from typing import Final

MOST: Final = 400_000
"""Characters. A second's work, and some hundred pages: what a document is about has been said by then."""
PIECES: Final = 8


def sample(text: str) -> str:
    if len(text) <= MOST:
        return text
    length = MOST // PIECES
    step = (len(text) - length) / (PIECES - 1)
    return "\n\n".join(_piece(text, round(number * step), length) for number in range(PIECES))


def _piece(text: str, start: int, length: int) -> str:
    """From the first beginning of a line, where one comes soon."""
    begin = text.find("\n", start, start + length // 4) + 1 if start else 0
    return text[begin or start : start + length]
