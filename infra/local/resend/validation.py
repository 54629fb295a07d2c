"""Checks a mail as Resend does and turns it into a `Draft`; the first thing that is wrong is its `ApiError`.

Source of names and limits: Resend's API reference (send email, errors): 50 recipients, tags of ASCII letters,
digits, `_` and `-` up to 256 characters, attachments with `content` or `path`, at most 30 days ahead.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from infra.local.resend.attachments import check_attachments
from infra.local.resend.errors import ApiError, missing, not_served, validation
from infra.local.resend.mail import Draft

MAX_RECIPIENTS: Final = 50
MAX_AHEAD: Final = timedelta(days=30)
ADDRESS_FORM: Final = "The email address needs to follow the `email@example.com` or `Name <email@example.com>` format."
_ADDRESS: Final = r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\.]+(?:\.[^\s@<>(),;:\"\\.]+)+"
_MAILBOX: Final = re.compile(rf"(?:{_ADDRESS}|[^<>\r\n]*<{_ADDRESS}>)")
_TAG: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HEADER_NAME: Final = re.compile(r"[!-9;-~]+")


def check_mail(fields: object, *, now: float) -> Draft:
    """A checked draft of the JSON object `fields`, or the `ApiError` that Resend would answer."""
    if not isinstance(fields, dict):
        raise validation("The mail must be a JSON object.", status=400)
    if fields.get("template") is not None:
        raise not_served("hosted templates; send `html` and `text`")
    sender = _sender(fields)
    to = _addresses(fields, "to")
    if not to:
        raise missing("to")
    subject = _subject(fields)
    html, text = _text(fields, "html"), _text(fields, "text")
    if html is None and text is None:
        raise ApiError(422, "missing_required_field", "Missing `html` or `text` field.")
    return Draft(
        sender=sender,
        to=to,
        subject=subject,
        cc=_addresses(fields, "cc"),
        bcc=_addresses(fields, "bcc"),
        reply_to=_addresses(fields, "reply_to"),
        html=html,
        text=text,
        headers=_headers(fields.get("headers")),
        attachments=check_attachments(fields.get("attachments")),
        tags=_tags(fields.get("tags")),
        send_at=check_time(fields["scheduled_at"], now=now) if fields.get("scheduled_at") is not None else None,
    )


def check_time(value: object, *, now: float) -> float:
    """Seconds since the epoch of an ISO 8601 time with an offset, at most 30 days ahead."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise validation("Invalid `scheduled_at` field. Use an ISO 8601 date with an offset.")
    if at.timestamp() > now + MAX_AHEAD.total_seconds():
        raise validation("Invalid `scheduled_at` field. It can be at most 30 days in the future.")
    return at.timestamp()


def _sender(fields: Mapping[str, Any]) -> str:
    sender = fields.get("from")
    if sender is None or sender == "":
        raise missing("from")
    if not isinstance(sender, str) or not _MAILBOX.fullmatch(sender):
        raise ApiError(403, "invalid_from_address", f"Invalid `from` field. {ADDRESS_FORM}")
    return sender


def _addresses(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    if value is None or value == "":
        return []
    addresses = [value] if isinstance(value, str) else value
    if not isinstance(addresses, list):
        raise validation(f"Invalid `{name}` field. {ADDRESS_FORM}")
    if len(addresses) > MAX_RECIPIENTS:
        raise validation(f"The `{name}` field can have at most {MAX_RECIPIENTS} addresses.")
    for address in addresses:
        if not isinstance(address, str) or not _MAILBOX.fullmatch(address):
            raise validation(f"Invalid `{name}` field. {ADDRESS_FORM}")
    return addresses


def _subject(fields: Mapping[str, Any]) -> str:
    subject = _text(fields, "subject")
    if not subject:
        raise missing("subject")
    if "\n" in subject or "\r" in subject:
        raise validation("The `\\n` is not allowed in the `subject` field.")
    return subject


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise validation(f"The `{name}` field must be a `string`.")
    return value


def _headers(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise validation("The `headers` field must be an object.")
    for name, content in value.items():
        if not isinstance(content, str):
            raise validation(f"The `{name}` header must be a `string`.")
        if not _HEADER_NAME.fullmatch(name) or "\n" in content or "\r" in content:
            raise validation(f"The `{name}` header is not valid.")
    return value


def _tags(value: object) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(tag, dict) for tag in value):
        raise validation("The `tags` field must be a list of objects.")
    return [{"name": _tag(tag, "name"), "value": _tag(tag, "value")} for tag in value]


def _tag(tag: Mapping[str, object], part: str) -> str:
    word = tag.get(part)
    if part == "value" and word is None:
        return ""
    if not isinstance(word, str) or not _TAG.fullmatch(word):
        raise validation(
            f"Tags should only contain ASCII letters, numbers, underscores, or dashes ({part}, at most 256)."
        )
    return word
