"""How records become JSON text and return as the same records."""

from typing import Final

from pydantic import TypeAdapter

from infra.local.qstash.model import Headers, Message, Options

_MESSAGE: Final = TypeAdapter(Message)
_OPTIONS: Final = TypeAdapter(Options)
_HEADERS: Final = TypeAdapter(Headers)


def dump_message(message: Message) -> str:
    return _MESSAGE.dump_json(message, exclude_defaults=True).decode()


def load_message(text: str) -> Message:
    return _MESSAGE.validate_json(text)


def dump_options(options: Options) -> str:
    return _OPTIONS.dump_json(options, exclude_defaults=True).decode()


def load_options(text: str) -> Options:
    return _OPTIONS.validate_json(text)


def dump_headers(headers: Headers) -> str:
    return _HEADERS.dump_json(headers).decode()


def load_headers(text: str) -> Headers:
    return _HEADERS.validate_json(text)
