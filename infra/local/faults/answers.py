"""Answers that no service gave: what a Fault says in its place, made to fit the question.

Fault(forwarded=False, answer=http_answer(429, {"error": "Too Many Requests"}, {"Retry-After": "1"}))
Fault(forwarded=False, answer=mongo_error(91, "ShutdownInProgress"))
Fault(forwarded=True, answer=raw(b"<html>"))                            # the service did it, and nobody learns of it
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

import bson

from infra.local.faults.exchange import Answer
from infra.local.faults.mongo import OP_MSG

_HEADER: Final = struct.Struct("<iiii")


def raw(said: bytes) -> Answer:
    """The same bytes to every question, whether or not they are the protocol's."""
    return lambda _: said


def http_answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """A whole HTTP response. A `str` body is an HTML page as it stands, anything else is written as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    content = text.encode()
    kind = "text/html; charset=utf-8" if isinstance(body, str) else "application/json"
    lines = [f"HTTP/1.1 {status} ", f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + content)


def mongo_error(code: int, name: str, *labels: str) -> Answer:
    """A command's refusal as MongoDB words it; `labels` tell the driver what a repetition is worth."""
    document: dict[str, Any] = {"ok": 0.0, "errmsg": f"made up: {name}", "code": code, "codeName": name}
    if labels:
        document["errorLabels"] = list(labels)
    body = bytes(4) + b"\x00" + bson.encode(document)  # no flags; one section, of kind 0

    def answer(question: bytes) -> bytes:
        asked = int(_HEADER.unpack_from(question)[1])
        return _HEADER.pack(_HEADER.size + len(body), 0, asked, OP_MSG) + body

    return answer
