"""What one Python file says of other modules, read from its syntax alone: nothing is imported.

Imports count wherever they stand but under `if TYPE_CHECKING:`. A text that looks like a module's name may be one that
is started by it (`Worker("functions.generate_pdf.typesetting", ..)`), and is told as well.

The composition root (shared/process.py) builds its parts lazily. What a method or property of `Process` says is
told apart, and counts once code that counts says `process.NAME`, or `self.NAME` within the class. A test holds that no
Process is ever called by another name.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra.artifacts.errors import CannotBuild

ROOT_FILE: Final = "shared/process.py"
ROOT_CLASS: Final = "Process"
NAMES: Final = frozenset({"process", "_process"})
"""What an object of it is called outside of it."""

_DOTTED: Final = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)+")


@dataclass(frozen=True, slots=True)
class Said:
    imports: frozenset[str] = frozenset()
    """Dotted names of modules, and of what is taken from them, which may be a module too."""
    texts: frozenset[str] = frozenset()
    """Texts that look like a module's name."""
    uses: frozenset[str] = frozenset()
    """Parts of a Process."""
    parts: Mapping[str, "Said"] = field(default_factory=dict)
    """Of the composition root: what each of its parts says."""


def read(path: Path) -> Said:
    """Raises CannotBuild for what is no Python, and for a relative import, which the house does not write."""
    try:
        tree = ast.parse(path.read_bytes(), path)
    except SyntaxError as fault:
        raise CannotBuild(f"{path}, line {fault.lineno} is no Python: {fault.msg}") from fault
    if not path.as_posix().endswith(ROOT_FILE):
        return _said(tree.body, path, NAMES)
    parts = {
        part.name: part
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == ROOT_CLASS
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name != "__init__"
    }
    apart = {name: _said([part], path, NAMES | {"self"}) for name, part in parts.items()}
    whole = _said(tree.body, path, NAMES, without=parts.values())
    return Said(whole.imports, whole.texts, whole.uses, apart)


def _said(nodes: Iterable[ast.AST], path: Path, names: frozenset[str], *, without: Iterable[ast.AST] = ()) -> Said:
    imports: set[str] = set()
    texts: set[str] = set()
    uses: set[str] = set()
    for node in _within(nodes, set(without)):
        match node:
            case ast.Import():
                imports |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                imports |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.ImportFrom():
                raise CannotBuild(f"{path}, line {node.lineno}: a relative import; the build follows absolute ones")
            case ast.Constant(value=str(text)) if _DOTTED.fullmatch(text):
                texts.add(text)
            case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name)) if name in names:
                uses.add(node.attr)
    return Said(frozenset(imports), frozenset(texts), frozenset(uses))


def _within(nodes: Iterable[ast.AST], without: set[ast.AST]) -> Iterator[ast.AST]:
    """All that is below the nodes, but what only a type checker runs."""
    for node in nodes:
        if node in without:
            continue
        yield node
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield from _within(node.orelse, without)
        else:
            yield from _within(ast.iter_child_nodes(node), without)
