"""Resend's lists: `limit` of them, newest first, behind one of them (`after`) or before it (`before`)."""

from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile, islice, takewhile
from typing import Any, Final, Protocol, TypeVar

from infra.local.resend.errors import validation

DEFAULT_PAGE: Final = 20
MAX_PAGE: Final = 100


class Listed(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Listed)


def paged(
    newest_first: Iterable[T], query: Mapping[str, str], *, known: Callable[[str], bool], view: Callable[[T], Any]
) -> Mapping[str, Any]:
    """The answer; the cursor itself is left out. Raises ApiError for a senseless question."""
    limit = _limit(query.get("limit", str(DEFAULT_PAGE)))
    after, before = query.get("after"), query.get("before")
    if after and before:
        raise validation("Use `after` or `before`, not both.")
    for cursor in filter(None, (after, before)):
        if not known(cursor):
            raise validation("The pagination cursor is not the id of one of them.")
    if before:
        newer = list(takewhile(lambda one: one.id != before, newest_first))
        page, has_more = newer[-limit:], len(newer) > limit
    else:
        if after:
            newest_first = islice(dropwhile(lambda one: one.id != after, newest_first), 1, None)
        found = list(islice(newest_first, limit + 1))
        page, has_more = found[:limit], len(found) > limit
    return {"object": "list", "has_more": has_more, "data": [view(one) for one in page]}


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= MAX_PAGE:
        raise validation(f"The `limit` must be a number between 1 and {MAX_PAGE}.")
    return int(text)
