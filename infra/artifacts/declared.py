"""What serverless.yml says of the functions: each one's handler, and the files besides Python that it reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from infra.artifacts.errors import CannotBuild
from infra.local.serverless import ServerlessError, load_document

LEFT_BEHIND: Final = (".*", "*~", "#*#", "*.bak", "*.orig", "*.rej")
"""By editors, merges and desktops: two trees of one commit would not give the same bytes."""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    module: str
    """That AWS imports: `functions.NAME.handler`."""
    data: Sequence[Path]
    """Relative to the root, sorted."""

    @property
    def requirements(self) -> Path:
        return Path("functions", self.name, "requirements.txt")


def functions(root: Path) -> Mapping[str, Function]:
    """By name. Raises CannotBuild."""
    try:
        entries = load_document(root / "serverless.yml")["functions"]
    except ServerlessError as fault:
        raise CannotBuild(str(fault)) from fault
    return {
        name: Function(name, str(entry["handler"]).rpartition(".")[0], _data(root, name, entry))
        for name, entry in entries.items()
    }


def _data(root: Path, name: str, entry: Mapping[str, Mapping[str, Sequence[str]]]) -> Sequence[Path]:
    """Of `package.patterns`: a pattern adds, `!` and a pattern takes away. Python is no data: it is reached."""
    found: set[Path] = set()
    for pattern in entry.get("package", {}).get("patterns", ()):
        named = set(_matching(root, pattern.removeprefix("!")))
        if not named:
            raise CannotBuild(f"functions.{name}.package.patterns: there is nothing that {pattern} names")
        found = found - named if pattern.startswith("!") else found | named
    return sorted(path.relative_to(root) for path in found)


def _matching(root: Path, pattern: str) -> Iterator[Path]:
    """`folder/**` is all that is below, for pathlib as well. Raises CannotBuild for a link: whatever it leads to."""
    for path in root.glob(f"{pattern}/*" if pattern.endswith("**") else pattern):
        if path.suffix == ".py" or path.parent.name == "__pycache__" or _is_left_behind(path.name):
            continue
        if path.is_symlink():
            raise CannotBuild(f"{path} is a link; what is shipped lies in the tree")
        if path.is_file():
            yield path


def _is_left_behind(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in LEFT_BEHIND)
