"""Objects in the bucket, by their keys, and by what their keys begin with."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.errors import RetryableError
from shared.side_by_side import side_by_side
from shared.storage import Storage

AT_ONCE: Final = 10
"""Listings side by side."""


async def delete(storage: Storage, keys: Iterable[str]) -> None:
    """All of them. Raises RetryableError where one is left."""
    if await storage.delete(list(keys)):
        raise RetryableError("the store did not delete every object")


async def beginning(storage: Storage, prefixes: Sequence[str]) -> Sequence[str]:
    """The keys that begin with one of them."""
    found: list[str] = []
    for start in range(0, len(prefixes), AT_ONCE):
        for keys in await side_by_side(_listed(storage, prefix) for prefix in prefixes[start : start + AT_ONCE]):
            found += keys
    return found


async def _listed(storage: Storage, prefix: str) -> Sequence[str]:
    return [listed.key async for page in storage.list(prefix) for listed in page]


def of_document(document_id: str) -> tuple[str, str]:
    """What all its objects begin with: those that its record names, and those that a lost race has left."""
    return f"files/{document_id}/", f"texts/{document_id}/"
