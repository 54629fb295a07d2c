"""Asks a fresh process how far its memory grows while it works on a file."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from shared.clock import new_token
from shared.config import StorageSettings
from shared.storage import Storage
from tests.support.memory.works import TYPE, File

ROOT: Final = Path(__file__).parents[3]
LINE: Final = "A line of text, of which a file is made: ποίηση и проза, 文書.\n".encode()
SMALL: Final = 100_000
"""Bytes of the file that a process is warmed up with."""


def environment(storage: StorageSettings, *, mongodb: str, database: str) -> Mapping[str, str]:
    """Of a process that may use both."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "STAGE": "local",
        "MONGODB_URI": mongodb,
        "MONGODB_DATABASE": database,
        "STORAGE_PROVIDER": storage.storage_provider,
        "STORAGE_ENDPOINT": storage.storage_endpoint,
        "STORAGE_BUCKET": storage.storage_bucket,
        "STORAGE_ACCESS_KEY_ID": storage.storage_access_key_id,
        "STORAGE_SECRET_ACCESS_KEY": storage.storage_secret_access_key.get_secret_value(),
    }


async def put(storage: Storage, size: int) -> File:
    """A text file of so many bytes, at a key of its own."""
    key, digest = f"uploads/{new_token()}", hashlib.sha256()
    with tempfile.NamedTemporaryFile() as file:
        for start in range(0, size, len(LINE)):
            line = LINE[: size - start]
            digest.update(line)
            file.write(line)
        file.flush()
        await storage.create(key, Path(file.name), content_type=TYPE)
    return File(key, size, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Grown:
    """Bytes."""

    own: int
    worker: int
    """Of the process that reads strangers' files, where one does."""


def grown(work: str, small: File, large: File, environ: Mapping[str, str]) -> Grown:
    given = [json.dumps(asdict(file)) for file in (small, large)]
    command = [sys.executable, "-m", "tests.support.memory", work, *given]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return Grown(*json.loads(done.stdout))
