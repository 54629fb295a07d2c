"""The Python that functions run under, with AWS's runtime client in it: the one at hand, or one that has nothing else.

    /var/lang      the standard library      home/bin/python, a link to the Python that was asked for
    /var/runtime   AWS's runtime client      home/lib/../site-packages
    /var/task      the function              its own folder (unpacking.py)

A virtual environment is all that is needed: nothing of that Python's own packages is seen in it, neither by a function
nor by what a function starts. The client and what it requires have the versions and hashes of infra/requirements.txt.
AWS has boto3 beside them, in a version of its own choice; here it is left out, so that a function carries its own.
"""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from uv import find_uv_bin

from infra.local.processes import ROOT

CLIENT: Final = "awslambdaric"
LOCK: Final = ROOT / "infra" / "requirements.txt"
HOMES: Final = ROOT / ".local" / "runtime"
_TIMEOUT: Final = 120.0
"""Seconds for one command; the client is fetched once a machine."""
_ASK: Final = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.base_prefix)"


class NoRuntime(Exception):
    """A Python can't be made to run functions; its text is one line."""


@dataclass(frozen=True, slots=True)
class Runtime:
    python: Path
    """What is started, with `-m awslambdaric`."""
    version: str
    """As AWS names it: 3.13."""


AT_HAND: Final = Runtime(Path(sys.executable), "{}.{}".format(*sys.version_info))
"""The one that this process runs under, with all that was installed beside it."""


def runtime_of(python: Path, homes: Path = HOMES) -> Runtime:
    """The same Python with AWS's runtime client alone, made once and kept in `homes`. Raises NoRuntime."""
    release, _, prefix = _run(str(python), "-I", "-S", "-c", _ASK).strip().partition(" ")
    key = hashlib.sha256(f"{prefix}\n{LOCK.read_text('utf-8')}".encode()).hexdigest()[:12]
    home = homes / f"{release}-{key}"
    if not home.exists():
        _make(home, python)
    return Runtime(home / "bin" / "python", release.rpartition(".")[0])


def _make(home: Path, python: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home.parent, prefix=".") as folder:
        made = Path(folder) / home.name
        _uv("venv", "--no-project", "--python", str(python), str(made))
        target = ("--python", str(made / "bin" / "python"))
        _uv("pip", "install", *target, "--only-binary", ":all:", "--constraints", str(LOCK), CLIENT)
        try:
            made.rename(home)  # whole or not at all
        except OSError:
            if not home.exists():  # else another host was faster, and made the same
                raise


def _uv(*arguments: str) -> None:
    # It takes the machine's own certificates, as every other program here.
    _run(find_uv_bin(), "--system-certs", "--no-config", "--quiet", *arguments)


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoRuntime(f"no Python to run functions under: {error}") from error
    if done.returncode:
        said = " ".join(done.stderr.split())
        raise NoRuntime(f"no Python to run functions under: {Path(command[0]).name}: {said or 'it said nothing'}")
    return done.stdout
