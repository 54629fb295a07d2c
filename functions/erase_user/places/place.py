"""What a place is to the job."""

from typing import Final, Protocol

from functions.erase_user.services import Context

PAGE: Final = 200
"""Things that are removed at a time: some seconds' work where each of them has files."""


class NotYet(Exception):
    """Others must do something first: it is looked at again later. `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Place(Protocol):
    async def __call__(self, user: str, context: Context, /) -> int:
        """Remove a page of what there is of the user; how many things that were. Raises NotYet, RetryableError."""
        ...
