"""Whether what is committed of the mails still belongs to its sources, told without Node.

`compiled/manifest.json` holds the SHA-256 of every source and output. It is the proof for machines that can not
compile; where Node is at hand, compiling again and comparing bytes is the stronger one.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from functions.send_email import render
from infra.templates import lint
from infra.templates.previews import previews
from infra.templates.schema import schema, schema_text

TEMPLATES: Final = render.COMPILED.parent
MANIFEST: Final = Path("compiled", "manifest.json")
COMMAND: Final = "python -m infra templates compile"
_SOURCES: Final = (".npmrc", "build.mjs", "package-lock.json", "package.json", "tsconfig.json", "src/**/*")
_OUTPUTS: Final = ("compiled/*", "generated/*", "previews/*")


def check_hashes(root: Path = TEMPLATES) -> list[str]:
    """What is stale, missing or wrong in the templates below `root`, as sentences; empty if all is fresh."""
    stale = list(_stale(root))
    if stale:
        return [*stale, f"run `{COMMAND}`"]
    return [said for name in schema()["properties"] for said in lint.problems(name, root / "compiled")]


def _stale(root: Path) -> Iterator[str]:
    try:
        recorded = json.loads((root / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        yield f"{MANIFEST} is missing"
        return
    now = hashes(root)
    changed = [said for group in ("sources", "outputs") for said in _compared(recorded[group], now[group])]
    yield from changed
    if changed:
        return  # what follows reads these files
    if (root / "generated" / "schema.json").read_text("utf-8") != schema_text():
        yield "functions/send_email/mails.py has changed since the mails were compiled"
    for path, content in previews(root / "compiled").items():
        if not (root / path).is_file() or (root / path).read_bytes() != content:
            yield f"{path} is not what its example renders to"


def _compared(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(then.keys() | now.keys()):
        if path not in now:
            yield f"{path} is gone since the mails were compiled"
        elif path not in then:
            yield f"{path} is new since the mails were compiled"
        elif then[path] != now[path]:
            yield f"{path} has changed since the mails were compiled"


def hashes(root: Path) -> dict[str, dict[str, str]]:
    """SHA-256 of each source and output below `root`, by its path."""
    return {"sources": _hashed(root, _SOURCES), "outputs": _hashed(root, _OUTPUTS)}


def write(root: Path) -> None:
    (root / MANIFEST).write_text(json.dumps(hashes(root), indent=2) + "\n", "utf-8")


def _hashed(root: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    files = {file for pattern in patterns for file in root.glob(pattern) if file.is_file()}
    paths = sorted(file.relative_to(root).as_posix() for file in files if file != root / MANIFEST)
    return {path: sha256((root / path).read_bytes()).hexdigest() for path in paths}
