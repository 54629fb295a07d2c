"""The HTTP answer that AWS makes of what a function returned: payload format 2.0.

{"statusCode": 200, ..}   as it says: headers, cookies, body, isBase64Encoded
anything else             200, and its JSON is the body
a malformed answer        None: each door has its own words for that
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

# AWS counts and frames by itself.
_OWN: Final = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding"})
_CONTROL: Final = frozenset("\r\n\0")


def http_answer(payload: bytes, *, default_type: str) -> Response | None:
    """The answer; `default_type` is the content type where the function names none."""
    try:
        returned = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Response(payload, media_type="application/json")
    status = _status(returned["statusCode"])
    headers = _headers(returned.get("headers") or {})
    cookies = returned.get("cookies") or []
    body = _body(returned)
    if status is None or headers is None or body is None or not _are_texts(cookies):
        return None
    headers.setdefault("content-type", default_type)
    answer = Response(body, status)
    answer.raw_headers = [
        *((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()),
        *((b"set-cookie", cookie.encode("latin-1", "replace")) for cookie in cookies),
        (b"content-length", str(len(body)).encode()),
    ]
    return answer


def _status(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 599 else None


def _headers(value: object) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    headers = {str(name).lower(): _text(item) for name, item in value.items() if str(name).lower() not in _OWN}
    plain = {name: item for name, item in headers.items() if item is not None}
    sound = len(plain) == len(headers) and not any(_CONTROL & {*name, *item} for name, item in plain.items())
    return plain if sound and all(name.isascii() for name in plain) else None


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) and not _CONTROL & {*value} for value in values)


def _body(returned: Mapping[str, Any]) -> bytes | None:
    body = returned.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        return None
    if not returned.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return None
