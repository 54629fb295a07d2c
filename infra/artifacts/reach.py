"""Which Python files a function needs: those of functions/ and shared/ that its handler reaches.

    handler.py ──imports──▶ module, and the packages that it lies in ──imports──▶ ..
                            a text that names a module of ours: itself, and its __main__.py (a worker is started so)
                            functions/registry.py: every contract.py, which it finds by folder
                            a part of Process: counts when what is reached uses it (said.py)

It errs on the side of more: a function that is never called is followed all the same. A test imports every file that
is reached, alone, and resolves every import that it finds in them.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.artifacts.errors import CannotBuild
from infra.artifacts.said import Said, read

OURS: Final = ("functions", "shared")
REGISTRY: Final = "functions.registry"
PROVIDED: Final = frozenset({"snapshot_restore_py"})
"""What Lambda's own runtime brings: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html"""


@dataclass(frozen=True, slots=True)
class Reached:
    files: tuple[Path, ...]
    """Relative to the root, sorted."""
    imports: frozenset[str]
    """Dotted names of what is neither ours, nor the standard library's, nor the runtime's."""


class Tree:
    """The project's Python; each file is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._said: dict[Path, Said] = {}

    def reached(self, module: str) -> Reached:
        """From `functions.NAME.handler`. Raises CannotBuild for a module that is not there, or no Python."""
        if self.file(module) is None:
            raise CannotBuild(f"there is no module {module}")
        waiting, parts, uses = [module], dict[str, Said](), set[str]()
        files, imports = set[Path](), set[str]()
        while waiting:
            name = waiting.pop()
            found = [path for path in self._on_the_way(name) if path not in files]
            files.update(found)
            said = [self._read(path) for path in found]
            parts.update(part for one in said for part in one.parts.items())
            uses.update(use for one in said for use in one.uses)
            # Whatever was used before its part was known, and the other way round.
            while ready := uses & parts.keys():
                said += [parts.pop(use) for use in ready]
                uses.update(use for one in said for use in one.uses)
            for one in said:
                waiting += [text for text in one.texts if self.file(text)]
                waiting += [f"{text}.__main__" for text in one.texts if self.file(f"{text}.__main__")]
                waiting += [self._known(imported, name) for imported in one.imports if _top(imported) in OURS]
                imports |= {imported for imported in one.imports if _is_foreign(imported)}
            if name == REGISTRY:
                waiting += self._contracts()
        return Reached(tuple(sorted(path.relative_to(self.root) for path in files)), frozenset(imports))

    def file(self, module: str) -> Path | None:
        """Of a module of ours, if it is one."""
        if _top(module) not in OURS:
            return None
        path = self.root.joinpath(*module.split("."))
        return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)

    def _known(self, imported: str, by: str) -> str:
        """Itself, if it is a module, or may be something in one. Raises CannotBuild: in Lambda it would be too late."""
        package = imported.rpartition(".")[0]
        if not (self.file(imported) or self.file(package) or self.root.joinpath(*imported.split(".")).is_dir()):
            raise CannotBuild(f"{by}, or a package that it lies in, imports {imported}: there is no such module")
        return imported

    def _on_the_way(self, name: str) -> Iterator[Path]:
        """Importing `a.b.c` runs a, a.b and a.b.c; of what is no module (a function in it) the rest of them."""
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if file := self.file(".".join(parts[:length])):
                yield file

    def _contracts(self) -> list[str]:
        return [f"functions.{path.parent.name}.contract" for path in self.root.glob("functions/*/contract.py")]

    def _read(self, path: Path) -> Said:
        if path not in self._said:
            self._said[path] = read(path)
        return self._said[path]


def _top(module: str) -> str:
    return module.partition(".")[0]


def _is_foreign(module: str) -> bool:
    return _top(module) not in {*OURS, *PROVIDED, *sys.stdlib_module_names}
