"""Checks a mail's attachments: each brings its `content` (base64, or a list of bytes) or a `path`."""

import binascii
from base64 import b64decode, b64encode
from typing import Any, Final

from infra.local.resend.errors import ApiError, validation

_FIELDS: Final = ("filename", "content_type", "content_id", "inline_content_id", "path")


def check_attachments(value: object) -> list[dict[str, Any]]:
    """The attachments with their content as base64; what a `path` points at is not fetched."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise validation("The `attachments` field must be a list of objects.")
    return [_check(item) for item in value]


def _check(item: dict[str, Any]) -> dict[str, Any]:
    content, path = item.get("content"), item.get("path")
    if not content and not path:
        raise _invalid("Attachment must have either a `content` or `path`.")
    if content and not item.get("filename"):
        raise _invalid("Attachment with `content` must have a `filename`.")
    for name in _FIELDS:
        if not isinstance(item.get(name, ""), str):
            raise _invalid(f"The `{name}` of an attachment must be a `string`.")
    if path and not path.startswith(("https://", "http://")):
        raise _invalid("The `path` of an attachment must be a URL.")
    kept: dict[str, Any] = {name: item[name] for name in _FIELDS if name in item}
    return {**kept, "content": _base64(content)} if content else kept


def _base64(content: object) -> str:
    try:
        if isinstance(content, list):
            return b64encode(bytes(content)).decode()
        if isinstance(content, str):
            b64decode(content, validate=True)
            return content
    except (TypeError, ValueError, binascii.Error):
        pass  # answered below, like a content of any other type
    raise _invalid("The `content` of an attachment must be base64 or a list of bytes.")


def _invalid(message: str) -> ApiError:
    return ApiError(422, "invalid_attachment", message)
