"""What a format's reader tells of a file, beside the text that it has written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    encoding: str | None = None
    """Of a text: Python's name for what it was decoded with."""
    cut: bool = False
    """Not all of the file was looked at."""
    pictures: bool = False
    """There are pictures where text would be expected."""
