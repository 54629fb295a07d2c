"""Turns replies into the JSON that Upstash answers: `{"result": ..}` or `{"error": ".."}`."""

import base64
from collections.abc import Callable

from infra.local.upstash.resp import Error, Reply

Encode = Callable[[bytes], str]
Json = int | str | None | list["Json"] | dict[str, "Json"]


def as_text(value: bytes) -> str:
    """Show what is no UTF-8 as U+FFFD; who stores bytes asks for base64."""
    return value.decode(errors="replace")


def as_base64(value: bytes) -> str:
    """Encode every string but OK, which stands for itself."""
    return "OK" if value == b"OK" else base64.b64encode(value).decode()


def envelope(reply: Reply, encode: Encode) -> dict[str, Json]:
    """Wrap one command's reply; an error's text is never encoded."""
    return {"error": reply.message} if isinstance(reply, Error) else {"result": _value(reply, encode)}


def _value(reply: Reply, encode: Encode) -> Json:
    match reply:
        case bytes():
            return encode(reply)
        case Error():  # inside an array that a script returned
            return encode(reply.message.encode())
        case list():
            return [_value(item, encode) for item in reply]
        case _:
            return reply
