"""Where a word may stand in a document."""

from enum import StrEnum


class Field(StrEnum):
    """The values are what a person writes before the colon: `title:mill`."""

    TITLE = "title"
    TAG = "tag"
    NAME = "name"
    """The file's."""
    ABOUT = "about"
    """What the analysis says: summary, key points, keywords."""
    TEXT = "text"
    """What was read from the file."""
