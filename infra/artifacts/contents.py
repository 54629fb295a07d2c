"""What one artifact holds.

    functions/ and shared/    the Python that the handler reaches (reach.py)
    data                      what serverless.yml names (declared.py)
    distributions             what its requirements.txt names, and what that requires (closure.py), stripped

What is imported and what is declared have to be the same: a name too many is weight, one too few fails in Lambda.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from infra.artifacts.closure import closure, named
from infra.artifacts.declared import Function
from infra.artifacts.errors import CannotBuild
from infra.artifacts.packages import Distribution, bytecode
from infra.artifacts.reach import Tree
from infra.artifacts.target import Target
from infra.artifacts.zipping import Deflated


@dataclass(frozen=True, slots=True)
class Contents:
    name: str
    sources: Sequence[Path]
    """Python of ours; relative to the root, like the data."""
    data: Sequence[Path]
    distributions: Sequence[Distribution]

    def files(self, compiled: Path, root: Path, target: Target) -> Mapping[str, Deflated]:
        """By their names in the artifact; `compiled` holds the sources with their bytecode."""
        ours = [path.as_posix() for path in self.sources]
        found = {name: compiled / name for source in ours for name in (source, bytecode(source, target))}
        found |= {path.as_posix(): root / path for path in self.data}
        carried = {name: path for one in self.distributions for name, path in one.files.items()}
        return {name: Deflated.of(path.read_bytes()) for name, path in found.items()} | {
            name: Deflated.read(path) for name, path in carried.items()
        }


def contents_of(function: Function, tree: Tree, known: Mapping[str, Distribution], target: Target) -> Contents:
    """Raises CannotBuild."""
    reached = tree.reached(function.module)
    asked = named(tree.root / function.requirements)
    if wrong := list(_differences(reached.imports, {canonicalize_name(one.name) for one in asked}, known)):
        raise CannotBuild("\n".join(f"{function.requirements}: {line}" for line in wrong))
    return Contents(function.name, reached.files, function.data, closure(asked, known, target.markers))


def _differences(imports: frozenset[str], named: set[str], known: Mapping[str, Distribution]) -> Iterator[str]:
    holders = {module: one.name for one in known.values() for module in one.modules}
    imported: dict[str, str] = {}
    for name in sorted(imports):
        holder = holders.get(name.partition(".")[0])
        if holder is None:
            yield f"{name} is imported, and no locked distribution holds it"
        else:
            imported.setdefault(holder, name)
    for holder in sorted(imported.keys() - named):
        yield f"{imported[holder]} is imported, so add the line {holder}"
    for holder in sorted(named - imported.keys()):
        yield f"nothing of {holder} is imported, so delete its line"
