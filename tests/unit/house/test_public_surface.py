"""What the author of a job may import: listed in docs/adding-a-job.md, there to be had, and documented."""

import ast
import inspect
import re
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_origin

import pytest

from shared.config import Part
from shared.context import JobContext

PAGE: Final = Path(__file__).parents[3] / "docs" / "adding-a-job.md"
WHOLE: Final = ("shared.contract", "shared.context", "functions.bundle")
"""Modules that are there for authors alone: all that they define is listed."""

_ROW: Final = re.compile(r"^\| (?:`([\w.]+)`)? ?\| `(\w+)` \| (.+) \|$", re.MULTILINE)
_BLOCK: Final = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def listed() -> tuple[tuple[str, str, str], ...]:
    """Module, name and purpose of each row of the page's table; an empty first cell repeats the one above."""
    rows, module = [], ""
    for given, name, purpose in _ROW.findall(PAGE.read_text("utf-8")):
        module = given or module
        rows.append((module, name, purpose))
    return tuple(rows)


def names() -> set[tuple[str, str]]:
    return {(module, name) for module, name, _ in listed()}


def defined(module: str) -> set[str]:
    """The public classes and functions that a module itself defines."""
    return {
        name
        for name, thing in vars(import_module(module)).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module
    }


def is_alias(thing: Any) -> bool:
    """A type's other name, which can have no docstring."""
    return isinstance(thing, str) or get_origin(thing) is not None


def is_part(thing: Any) -> bool:
    """A part of the settings, whose variables docs/configuration.md explains one by one."""
    return inspect.isclass(thing) and issubclass(thing, Part)


@pytest.mark.parametrize(("module", "name"), sorted(names()))
def test_a_listed_name_is_there_and_says_what_it_is_for(module: str, name: str) -> None:
    """In its docstring, or in its module's, where a tree or table speaks for several."""
    home = import_module(module)
    thing = getattr(home, name)
    speaks = is_alias(thing) or thing.__doc__ or re.search(rf"\b{name}\b", home.__doc__ or "")
    assert speaks or is_part(thing)


@pytest.mark.parametrize("module", WHOLE)
def test_what_is_there_for_authors_is_listed(module: str) -> None:
    assert {name for listed_in, name in names() if listed_in == module} == defined(module)


def test_every_member_of_the_context_is_listed() -> None:
    members = {field.name for field in fields(JobContext)} | {
        name for name, value in vars(JobContext).items() if inspect.isfunction(value) or isinstance(value, property)
    }
    ours = {"ends_at", "threads", "follow_ups", "told"}  # what `remaining`, `blocking`, `enqueue`, `progress` stand on
    public = {name for name in members if not name.startswith("_")} - ours
    assert set(re.findall(r"^\| `context\.(\w+)` \| \S", PAGE.read_text("utf-8"), re.MULTILINE)) == public


def test_the_example_imports_of_ours_nothing_that_is_not_listed() -> None:
    used = {
        (node.module, alias.name)
        for block in _BLOCK.findall(PAGE.read_text("utf-8"))
        for node in ast.parse(block).body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("shared", "functions"))
        for alias in node.names
    }
    of_jobs = {(module, name) for module, name in used if re.fullmatch(r"functions\.\w+\.contract", module)}
    assert ("shared.context", "JobContext") in used
    assert used - of_jobs <= names()
