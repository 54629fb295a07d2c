"""Which parts of the settings a function loads, read from its code: nothing is imported, nothing runs.

    load(MailSettings)        in functions/NAME/: that part
    process.storage           what that member of Process loads, and what it takes from others (shared/process.py)
    @job(..)                  what every job's handler takes from its process (shared/handler.py)

A breaker takes Redis where there is one, and a job publishes where it can: those may be given, and are no need.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROCESS: Final = "process"
JOB: Final = "job"
OPTIONAL: Final[Mapping[str, frozenset[str]]] = {"breaker": frozenset({"RedisSettings"})}
"""By the member of Process that takes them or does without."""
PUBLISHING: Final = frozenset({"PublishSettings", "RedisSettings"})


@dataclass(frozen=True, slots=True)
class Needs:
    """Names of parts. `may` is what it uses where it is there."""

    must: frozenset[str]
    may: frozenset[str]

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(self.must | other.must, self.may | other.may)


NOTHING: Final = Needs(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Code:
    """What one text of Python says."""

    loads: frozenset[str]
    takes: frozenset[str]
    """Members of `process`, or of `self._process`."""
    has_job: bool


def needs(root: Path, function: str) -> Needs:
    members, found = _members((root / "shared/process.py").read_text("utf-8")), NOTHING
    for path in sorted((root / "functions" / function).rglob("*.py")):
        code = _code(path.read_text("utf-8"))
        found |= _of(code, members)
        if code.has_job:
            found |= _job(root, members)
    return found


def _job(root: Path, members: Mapping[str, Needs]) -> Needs:
    """Of every job: its store and the keys of deliveries; it publishes where it may."""
    taken = _of(_code((root / "shared/handler.py").read_text("utf-8")), members)
    return Needs(taken.must - PUBLISHING, taken.may | PUBLISHING)


def _of(code: _Code, members: Mapping[str, Needs]) -> Needs:
    found = Needs(code.loads, frozenset())
    for name in code.takes & members.keys():
        found |= members[name]
    return found


@cache
def _members(text: str) -> Mapping[str, Needs]:
    """What each member of Process loads, with what it takes from the others."""
    process = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == "Process")
    bodies = {node.name: node for node in process.body if isinstance(node, ast.FunctionDef)}
    own = {name: frozenset(_loaded(body)) for name, body in bodies.items()}
    others = {name: frozenset(_taken(body, of="self")) & bodies.keys() for name, body in bodies.items()}
    return {name: _closed(name, own, others) for name in bodies}


def _closed(name: str, own: Mapping[str, frozenset[str]], others: Mapping[str, frozenset[str]]) -> Needs:
    if name in OPTIONAL:
        return Needs(frozenset(), OPTIONAL[name])
    found = Needs(own[name], frozenset())
    for other in others[name]:
        found |= _closed(other, own, others)
    return found


@cache
def _code(text: str) -> _Code:
    if not any(word in text for word in (PROCESS, "load(", f"@{JOB}")):
        return _Code(frozenset(), frozenset(), has_job=False)
    tree = ast.parse(text)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    has_job = any(_called(decorator) == JOB for function in functions for decorator in function.decorator_list)
    return _Code(frozenset(_loaded(tree)), frozenset(_taken(tree, of=PROCESS)), has_job)


def _loaded(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "load" and node.args:
            part = _called(node.args[0])
            if part[:1].isupper():  # a class: others load other things
                yield part


def _taken(tree: ast.AST, *, of: str) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name.lstrip("_") == of:
                yield node.attr


def _called(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.id if isinstance(called, ast.Name) else ""
