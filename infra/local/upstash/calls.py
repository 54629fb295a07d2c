"""Reads commands out of HTTP requests: from a JSON body, or from a path with its query and raw body."""

import json
from typing import NoReturn
from urllib.parse import unquote_to_bytes

from infra.local.upstash.resp import Command

TOKEN_PARAMETER = "_token"


class BadCall(Exception):
    """The request holds no command; the words are Upstash's."""


def command_in(body: bytes) -> Command:
    """Read `["SET", "key", 1]`; a number stands for its own text."""
    return _command(_parse(body, "ERR failed to parse command"), "ERR failed to parse command")


def commands_in(body: bytes, what: str) -> list[Command]:
    """Read `[["SET", "key", 1], ["GET", "key"]]`; `what` names the request in an error: pipeline or multi-exec."""
    problem = f"ERR failed to parse {what} request"
    parsed = _parse(body, problem)
    if not isinstance(parsed, list):
        raise BadCall(problem)
    if not parsed:
        raise BadCall(f"ERR empty {what} request")
    return [_command(item, problem) for item in parsed]


def command_in_path(raw_path: bytes, query: bytes, body: bytes) -> Command:
    """Read `/set/key?EX=100` with the value as the body: path, then body, then query, in Redis's order.

    The path is the one on the wire: an argument may hold an encoded slash, and bytes that are no text.
    """
    arguments = [unquote_to_bytes(part) for part in raw_path.removeprefix(b"/").split(b"/")]
    if not arguments[0]:
        raise BadCall("ERR empty command")
    return [*arguments, *([body] if body else []), *_query_arguments(query)]


def _query_arguments(query: bytes) -> list[bytes]:
    found: list[bytes] = []
    for pair in query.split(b"&"):
        name, _, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in pair.partition(b"="))
        if name and name != TOKEN_PARAMETER.encode():
            found += [name, value] if value else [name]
    return found


def _parse(body: bytes, problem: str) -> object:
    def refuse(_constant: str) -> NoReturn:
        raise ValueError("NaN and infinities are no JSON")

    try:
        # Numbers as they are written: 1.0 is not 1, and large ones lose nothing.
        parsed: object = json.loads(body, parse_int=str, parse_float=str, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadCall(problem) from error
    return parsed


def _command(parsed: object, problem: str) -> Command:
    if not isinstance(parsed, list):
        raise BadCall(problem)
    if not parsed:
        raise BadCall("ERR empty command")
    return [_argument(item, problem) for item in parsed]


def _argument(item: object, problem: str) -> bytes:
    match item:
        case bool():
            return b"true" if item else b"false"
        case str():
            try:
                return item.encode()
            except UnicodeEncodeError as error:  # half of a surrogate pair
                raise BadCall(problem) from error
        case _:
            raise BadCall(problem)
