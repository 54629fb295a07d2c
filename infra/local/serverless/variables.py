"""Resolves Serverless Framework's variables, each of which may have fallbacks.

    ${self:a.b}  ${sls:stage}  ${env:NAME}  ${file(path.yml):a.b}  ${env:NAME, 'quoted', 3, ${self:a.b}}

A value that is one variable keeps the type of what it names; one inside a longer text must name a scalar.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from infra.local.serverless.document import ServerlessError, load_document
from infra.local.serverless.scan import choices, pieces

_FILE: Final = re.compile(r"file\((?P<path>[^)]+)\)(?::(?P<address>.+))?")
_SOURCE: Final = re.compile(r"(?P<source>[a-z]+):(?P<address>.+)")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a variable names: a node, which may hold variables itself, or a final value from outside."""

    node: Any
    final: bool = False


class Resolver:
    """Resolves parts of one document on demand, so that what nobody asks for need not be understood."""

    def __init__(self, document: Mapping[str, Any], *, folder: Path, stage: str, env: Mapping[str, str]) -> None:
        self._document = document
        self._folder = folder
        self._stage = stage
        self._env = env
        self._files: dict[str, Any] = {}
        # What is under way, so that a variable that leads back to itself is noticed. To look up what a variable names
        # while its value is being made is no circle: a file's entries refer to each other through where it was put.
        self._looking: list[str] = []
        self._resolving: list[str] = []

    def at(self, address: str) -> Any:
        """What stands at a dotted address of the document, resolved; None where nothing does."""
        found = self._walk(self._document, address, address)
        return None if found is None else self._resolve(found.node, address)

    def _resolve(self, node: Any, place: str) -> Any:
        if isinstance(node, Mapping):
            return {key: self._resolve(value, f"{place}.{key}") for key, value in node.items()}
        if isinstance(node, list):
            return [self._resolve(value, f"{place}[{index}]") for index, value in enumerate(node)]
        if not isinstance(node, str):
            return node
        parts = pieces(node, place)
        if len(parts) == 1 and parts[0].variable:
            return self._value(parts[0].text, place)
        return "".join(_scalar(self._value(part.text, place), place) if part.variable else part.text for part in parts)

    def _value(self, expression: str, place: str) -> Any:
        found = self._lookup(expression, place)
        if found is None:
            raise ServerlessError(place, f"${{{expression}}} has no value")
        if found.final:
            return found.node
        with _open(self._resolving, expression, place):
            return self._resolve(found.node, place)

    def _walk(self, node: Any, address: str, place: str) -> _Found | None:
        """The unresolved node at an address: only what lies on the way to it is resolved, and no deeper."""
        for key in address.split("."):
            if isinstance(node, str):
                [part, *rest] = pieces(node, place)
                through = self._lookup(part.text, place) if part.variable and not rest else None
                node = through.node if through else None
            if not isinstance(node, Mapping) or key not in node:
                return None
            node = node[key]
        return _Found(node)

    def _lookup(self, expression: str, place: str) -> _Found | None:
        with _open(self._looking, expression, place):
            found = (self._choice(choice, place) for choice in choices(expression))
            return next((one for one in found if one is not None), None)

    def _choice(self, choice: str, place: str) -> _Found | None:
        if choice[:1] in {"'", '"'}:
            return _Found(choice[1:-1], final=True)
        parts = pieces(choice, place)
        if len(parts) == 1 and parts[0].variable:
            return self._lookup(parts[0].text, place)
        choice = str(self._resolve(choice, place))
        if match := _FILE.fullmatch(choice):
            name = match["path"].strip()
            if name not in self._files:
                self._files[name] = load_document(self._folder / name)
            return (
                self._walk(self._files[name], match["address"], place)
                if match["address"]
                else _Found(self._files[name])
            )
        if match := _SOURCE.fullmatch(choice):
            return self._source(match["source"], match["address"], place)
        literal = yaml.safe_load(choice)
        if literal is None or isinstance(literal, bool | int | float):
            return _Found(literal, final=True)
        raise ServerlessError(place, f"${{{choice}}} is a variable that is not known here")

    def _source(self, source: str, address: str, place: str) -> _Found | None:
        match source, address:
            case "self", _:
                return self._walk(self._document, address, place)
            case "env", _:
                return _Found(self._env[address], final=True) if address in self._env else None
            case "sls", "stage":
                return _Found(self._stage, final=True)
            case _:
                raise ServerlessError(place, f"${{{source}:{address}}} is a variable that is not known here")


@contextmanager
def _open(under_way: list[str], expression: str, place: str) -> Iterator[None]:
    if expression in under_way:
        raise ServerlessError(place, f"${{{expression}}} refers to itself")
    under_way.append(expression)
    try:
        yield
    finally:
        under_way.pop()


def _scalar(value: object, place: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ServerlessError(place, "a variable inside a text must name a scalar")
