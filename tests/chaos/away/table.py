"""Reads docs/when-a-service-is-away.md: for each service a table of rows by faults.

    ## Redis (`redis`)
    | | down | slow | errors | garbage | throttling |
    |---|---|---|---|---|---|
    | `GET /health`, `GET /sign-in` | as ever | as ever | as ever | as ever | as ever |

A row may name several endpoints or functions that share their cells. The legend is a list: - **as ever**: ...
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from infra.local.processes import ROOT

DOCUMENT: Final = ROOT / "docs" / "when-a-service-is-away.md"

_SERVICE: Final = re.compile(r"^## .*\(`([a-z_]+)`\)$", re.MULTILINE)
_NAME: Final = re.compile(r"`([^`]+)`")
_CODE: Final = re.compile(r"^- \*\*([^*]+)\*\*", re.MULTILINE)


class Mode(StrEnum):
    """The columns."""

    DOWN = "down"
    SLOW = "slow"
    ERRORS = "errors"
    GARBAGE = "garbage"
    THROTTLING = "throttling"


class Malformed(Exception):
    """The document is not what this module reads."""


@dataclass(frozen=True, slots=True)
class Cell:
    service: str
    row: str
    mode: Mode
    code: str

    def __str__(self) -> str:
        return f"{self.service} {self.mode} - {self.row}"


@dataclass(frozen=True, slots=True)
class Table:
    cells: tuple[Cell, ...]
    legend: frozenset[str]

    def rows(self, service: str) -> frozenset[str]:
        return frozenset(cell.row for cell in self.cells if cell.service == service)

    @property
    def services(self) -> frozenset[str]:
        return frozenset(cell.service for cell in self.cells)


def read(document: Path = DOCUMENT) -> Table:
    return parse(document.read_text())


def parse(text: str) -> Table:
    cells: list[Cell] = []
    for service, part in _parts(text).items():
        cells += _table(service, part)
    seen: set[tuple[str, str, Mode]] = set()
    for cell in cells:
        place = (cell.service, cell.row, cell.mode)
        if place in seen:
            raise Malformed(f"{cell} is there twice")
        seen.add(place)
    return Table(tuple(cells), frozenset(_CODE.findall(text)))


def _parts(text: str) -> Mapping[str, str]:
    """What stands under each service's heading."""
    found = list(_SERVICE.finditer(text))
    ends = [text.find("\n## ", heading.end()) for heading in found]
    return {
        heading[1]: text[heading.end() : end if end >= 0 else len(text)]
        for heading, end in zip(found, ends, strict=True)
    }


def _table(service: str, text: str) -> list[Cell]:
    lines = [_split(line) for line in text.splitlines() if line.startswith("|")]
    if len(lines) < 3:
        raise Malformed(f"{service} has no table")
    head, _, *body = lines
    modes = [Mode(name) for name in head[1:]]
    if set(modes) != set(Mode):
        raise Malformed(f"{service} has the columns {', '.join(modes)}")
    cells = []
    for first, *codes in body:
        names = _NAME.findall(first)
        if not names or len(codes) != len(modes) or not all(codes):
            raise Malformed(f"{service}: the row {first!r} is not whole")
        cells += [Cell(service, name, mode, code) for name in names for mode, code in zip(modes, codes, strict=True)]
    return cells


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.strip().strip("|").split("|")]
