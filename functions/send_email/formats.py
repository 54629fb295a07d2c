"""How a value is written out in a mail, before it is escaped: the same words in HTML, text and subject."""

import re
from datetime import UTC, datetime
from typing import Final

from functions.send_email.markers import TemplateError

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""Spelt out, because strftime's names follow the machine's locale."""

_DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of text, with which a value can be made to read as another."""
_SPACE: Final = re.compile(r"[\s\x00-\x20\x7f-\xa0\u2028\u2029]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_LINK: Final = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\]+", re.IGNORECASE)


def clean(value: str) -> str:
    """`value` on one line: no break that could begin another header or line, no control or direction mark."""
    return _SPACE.sub(" ", _DIRECTION.sub("", value)).strip()


def lines(value: str) -> str:
    """`value` with plain line feeds as line breaks, and no other control or direction mark."""
    return _CONTROL.sub(" ", _BREAK.sub("\n", _DIRECTION.sub("", value)))


def shown(value: object, form: str, arguments: tuple[str, ...]) -> str:
    """`value` as words; raises TemplateError for a form that is unknown or does not fit, as for a bad link."""
    match form, value, arguments:
        case "text", str(), ():
            words = clean(value)
        case "lines", str(), ():
            words = lines(value)
        case "url", str(), ():
            words = _web(value)
        case "full" | "day" | "time", datetime(), ():
            words = _moment(value, form)
        case "number", int(), ():
            words = f"{value:,}"
        case "length", tuple(), ():
            words = f"{len(value):,}"
        case "of", int(), (one, many):
            words = f"{value:,} {one if value == 1 else many}"
        case _:
            raise TemplateError(f"the form {form!r} with {len(arguments)} words fits no {type(value).__name__}")
    return words


def _web(value: str) -> str:
    if not _LINK.fullmatch(value):
        raise TemplateError("a link is no absolute http(s) address")
    return value


def _moment(value: datetime, form: str) -> str:
    if value.tzinfo is None:
        raise TemplateError("a time has no time zone")
    at = value.astimezone(UTC)
    day, time = f"{at.day} {MONTHS[at.month - 1]} {at.year}", f"{at:%H:%M} UTC"
    return {"day": day, "time": time, "full": f"{day}, {time}"}[form]
