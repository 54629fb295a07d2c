"""What may be said of an error, to the owner of its run and in a log: an unvetted text could quote a payload."""

import traceback
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.errors import MillraceError

UNQUOTED: Final = {
    "value_error": "Value is not valid",
    "assertion_error": "Value is not valid",
    "extra_forbidden": "A field that it does not have",
}


def where(error: BaseException) -> str:
    """File and line of a fault: its text could quote a payload, its place can't."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{'/'.join(frames[-1].filename.split('/')[-2:])}:{frames[-1].lineno}" if frames else "unknown"


def described(error: BaseException) -> Mapping[str, Any]:
    if isinstance(error, MillraceError):
        return {"code": error.code, "message": told(error, 500)}
    return {"code": "fault", "message": f"{type(error).__name__} at {where(error)}"}


def told(error: MillraceError, longest: int) -> str:
    """Half of a surrogate pair, as in a file's odd name, is text to Python and an error to the store."""
    return error.message[:longest].encode("utf-8", "replace").decode()


def wrong_fields(error: ValidationError) -> str:
    """Which fields are wrong and how, without a word of what was in them.

    A validator's own text may quote the value, and the name of an unknown field is its sender's.
    """
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{_place(fault)}: {UNQUOTED.get(fault['type'], fault['msg'])}" for fault in found)


def _place(fault: ErrorDetails) -> str:
    known = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    return ".".join(map(str, known)) or "body"
