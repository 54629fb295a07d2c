"""The markers that the templates' build leaves in HTML, text and subject, and the tree they are parsed into.

    STX = path [| format [| argument]..] ETX     a value
    STX # path ETX .. STX / path ETX             its content once for each element of a list
    STX ? path ETX .. STX / path ETX             its content if the value is there (a list: if it is not empty)

A path is `job`, or `samples[].run` inside the list `samples`, whose element itself is `samples[]`. STX and ETX
are control characters, which no author types and React does not touch. Parsing is done on templates only,
never on text that holds a person's data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

STX: Final = "\x02"
ETX: Final = "\x03"
MARKER: Final = re.compile(rf"{STX}(?P<sign>[=#?/])(?P<path>[a-z0-9_.\[\]]+)(?P<rest>(?:\|[^{STX}{ETX}|]+)*){ETX}")


class TemplateError(Exception):
    """A compiled template is broken: markers that do not nest, or that say what no one understands."""


@dataclass(frozen=True, slots=True)
class Value:
    path: str
    format: str = "text"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    kind: Literal["each", "when"]
    path: str
    body: "tuple[Node, ...]"


Node = str | Value | Block


def parse(template: str) -> tuple[Node, ...]:
    """The tree of a compiled template; raises TemplateError."""
    stack: list[tuple[Literal["each", "when"], str, list[Node]]] = []
    nodes: list[Node] = []
    for piece in _pieces(template):
        if isinstance(piece, str):
            nodes.append(piece)
            continue
        sign, path, rest = piece["sign"], piece["path"], piece["rest"]
        if sign == "=":
            form, *arguments = rest[1:].split("|") if rest else ["text"]
            nodes.append(Value(path, form, tuple(arguments)))
        elif sign == "/":
            if not stack or stack[-1][1] != path:
                raise TemplateError(f"{path} is closed where it is not the innermost open part")
            body = tuple(nodes)
            kind, _, nodes = stack.pop()
            nodes.append(Block(kind, path, body))
        else:
            stack.append(("each" if sign == "#" else "when", path, nodes))
            nodes = []
    if stack:
        raise TemplateError(f"{stack[-1][1]} is opened and never closed")
    return tuple(nodes)


def _pieces(template: str) -> Iterator[str | re.Match[str]]:
    end = 0
    for match in MARKER.finditer(template):
        if match.start() > end:
            yield _literal(template[end : match.start()])
        yield match
        end = match.end()
    if end < len(template):
        yield _literal(template[end:])


def _literal(text: str) -> str:
    if STX in text or ETX in text:
        raise TemplateError("a marker is cut or malformed")
    return text
