"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110, 8.8.3, 13.1.1 and 13.1.2).

A change is of the version that its sender has seen:

    without `If-Match`                    428 version-needed
    another version than the present      412 other-version, with the present one's ETag
    `*`                                   whichever it is

An answer that its asker has already is a 304 without a body.
"""

import re
from collections.abc import Collection
from typing import Annotated, Final

from fastapi import Depends, Header

from functions.api.problems import Problem

_TAG: Final = re.compile(r'(?:^|,)[ \t]*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?=,|$)')
"""One of a list, with nothing else between its commas: `w/"1"` and `("1")` are none."""
_VERSION: Final = re.compile(r"[1-9][0-9]{0,14}")


def etag(version: int) -> str:
    return f'"{version}"'


async def _wanted(
    if_match: Annotated[
        str | None,
        Header(alias="If-Match", include_in_schema=False),
    ] = None,
) -> Collection[int] | None:
    if if_match is None:
        raise Problem(428, "version-needed", "If-Match must name the version that is changed.")
    if if_match.strip() == "*":
        return None
    # Weak tags never match a strong comparison, and other people's tags are no versions of ours.
    return frozenset(int(tag) for weak, tag in _TAG.findall(if_match) if not weak and _VERSION.fullmatch(tag))


WantedVersions = Annotated[Collection[int] | None, Depends(_wanted)]
"""The versions that a change may be of; None for any."""


KnownTags = Annotated[
    str | None,
    Header(alias="If-None-Match", description="The `ETag` of an answer that is there already: the same is a 304."),
]


def unchanged(known: str | None, tag: str) -> bool:
    """Whether `known`, an `If-None-Match`, names the tag; a weak one is as good."""
    if known is None:
        return False
    return known.strip() == "*" or tag.strip('"') in {one for _, one in _TAG.findall(known)}


NEEDED: Final = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The `ETag` of the version that is changed; `*` for whichever it is.",
            "schema": {"type": "string"},
        }
    ]
}
"""What a route says of it (`openapi_extra`): needed, though its absence is a 428 and no fault of a field."""


def other_version(version: int) -> Problem:
    detail = "The document has another version; `ETag` tells which."
    return Problem(412, "other-version", detail, {"ETag": etag(version)})
