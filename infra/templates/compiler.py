"""Compiles the mails: schema from Python, types and TSX by Node, then checks, previews and hashes by Python again."""

import re
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from functions.send_email.render import load
from infra.templates import lint, manifest, previews
from infra.templates.schema import schema, schema_text

NODE: Final = (20, 19)
_INSTALLED: Final = Path("node_modules", ".installed")


class CompileError(Exception):
    """The mails were not compiled; the message says what to do about it."""


def compile_templates(root: Path = manifest.TEMPLATES, *, which: Callable[[str], str | None] = shutil.which) -> None:
    """Compile everything below `root` in place; raises CompileError."""
    node, npm = _tools(which)
    (root / "generated").mkdir(exist_ok=True)
    (root / "generated" / "schema.json").write_text(schema_text(), "utf-8")
    lock = sha256((root / "package-lock.json").read_bytes()).hexdigest()
    if not (root / _INSTALLED).is_file() or (root / _INSTALLED).read_text("utf-8") != lock:
        _run([npm, "ci", "--no-progress"], root, "the packages of the mails could not be installed")
        (root / _INSTALLED).write_text(lock, "utf-8")
    _run([node, "build.mjs"], root, "the mails do not compile; the lines above name file and prop")
    load.cache_clear()
    wrong = [said for name in schema()["properties"] for said in lint.problems(name, root / "compiled")]
    if wrong:
        raise CompileError("\n".join(wrong))
    previews.write(root)
    manifest.write(root)


def _tools(which: Callable[[str], str | None]) -> tuple[str, str]:
    wanted = f"compiling the mails needs Node.js {NODE[0]}.{NODE[1]} or newer, with npm"
    node, npm = which("node"), which("npm")
    if node is None or npm is None:
        missing = "node" if node is None else "npm"
        raise CompileError(f"{wanted}; `{missing}` was not found. Nothing else here does.")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)\.(\d+)\.", said)
    if version is None or (int(version[1]), int(version[2])) < NODE:
        raise CompileError(f"{wanted}; `node --version` says {said or 'nothing'}")
    return node, npm


def _run(command: list[str], root: Path, failing: str) -> None:
    if subprocess.run(command, cwd=root, check=False).returncode:
        raise CompileError(failing)
