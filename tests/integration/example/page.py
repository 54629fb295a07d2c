"""Does with docs/adding-a-job.md what its reader would: copies the bundle, writes the files, adds the lines."""

import re
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = ROOT / "docs" / "adding-a-job.md"
COPIED: Final = ("functions", "shared", "infra")

_FILE: Final = re.compile(r"^`(functions/[^`]+)`\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINES: Final = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LATER: Final = re.compile(r"take the places of[^\n]*\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_KEY: Final = re.compile(r"^( *)([A-Za-z_<][\w<-]*):")


def text(page: Path = PAGE) -> str:
    return page.read_text("utf-8")


def files(page: Path = PAGE) -> dict[str, str]:
    """The page's files, by their path."""
    return dict(_FILE.findall(text(page)))


def lines() -> str:
    """What the page adds to serverless.yml."""
    [found] = _LINES.findall(text())
    return str(found)


def long_work() -> str:
    """What the page's second part adds to the handler; a later definition takes the place of an earlier one."""
    [found] = _LATER.findall(text())
    return str(found)


def make_copy(root: Path) -> None:
    """The bundle with the page's job in it."""
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name, content in files().items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    serverless = (ROOT / "serverless.yml").read_text("utf-8")
    (root / "serverless.yml").write_text(added(serverless, lines()), "utf-8")


def added(document: str, new: str) -> str:
    """`new` put into `document`: each key that is not there goes, with all below it, under the parent that is."""
    there = _places(document)
    result = document.splitlines()
    inserts: dict[int, list[str]] = {}
    parent: int | None = None
    under = -1
    places = {line: path for path, line in _places(new).items()}
    for number, line in enumerate(new.splitlines()):
        path = places.get(number)
        indent = len(line) - len(line.lstrip())
        if path is not None and path in there and not (parent is not None and indent > under):
            parent, under = None, -1
            continue
        if path is not None and (parent is None or indent <= under):
            parent, under = there[path[:-1]], indent
        if parent is not None and line.strip():
            inserts.setdefault(parent, []).append(line)
    for at in sorted(inserts, reverse=True):
        result[at + 1 : at + 1] = inserts[at]
    return "\n".join(result) + "\n"


def _places(document: str) -> dict[tuple[str, ...], int]:
    """The line of each key of a YAML text, by its path; only block mappings indented by two spaces a level."""
    found: dict[tuple[str, ...], int] = {}
    path: list[str] = []
    for number, line in enumerate(document.splitlines()):
        if match := _KEY.match(line):
            path = [*path[: len(match[1]) // 2], match[2]]
            found[tuple(path)] = number
    return found
