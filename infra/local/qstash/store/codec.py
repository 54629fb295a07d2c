"""How records become JSON text and return as the same records."""

from typing import Final

from pydantic import TypeAdapter

from infra.local.qstash.model import Headers, Message

_MESSAGE: Final = TypeAdapter(Message)
_HEADERS: Final = TypeAdapter(Headers)


def dump_message(message: Message) -> str:
    return _MESSAGE.dump_json(message, exclude_defaults=True).decode()


def load_message(text: str) -> Message:
    return _MESSAGE.validate_json(text)


def dump_headers(headers: Headers) -> str:
    return _HEADERS.dump_json(headers).decode()


def load_headers(text: str) -> Headers:
    return _HEADERS.validate_json(text)
