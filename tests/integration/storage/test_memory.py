"""However large an object is, a process holds some pieces of it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from shared.clock import new_token
from shared.config import StorageSettings

ROOT: Final = Path(__file__).parents[3]
MEGABYTES: Final = 20
HELD: Final = 10
"""Megabytes over those of a process that moved one; one whole object would be 20."""

MOVE: Final = """
import asyncio, re, sys, time
from pathlib import Path
from shared.breakers import LocalBreaker
from shared.config import StorageSettings, load
from shared.storage import Storage
from shared.threads import Threads

def peak():
    # Of this program alone, in kB: rusage would begin with what its parent held.
    return int(re.search("VmHWM:[^0-9]+([0-9]+)", Path("/proc/self/status").read_text())[1])

async def move(storage, size):
    folder, key = Path(sys.argv[1]), sys.argv[2]
    with (folder / "given").open("wb") as file:
        file.truncate(size)
    assert await storage.create(key, folder / "given", content_type="text/plain")
    assert await storage.save(key, folder / "got", most=size) == size
    assert await storage.sha256(key)
    await storage.delete([key])

async def main():
    storage = Storage(load(StorageSettings), Threads(), LocalBreaker("storage", time.monotonic))
    await move(storage, 2_000_000)
    before = peak()
    await move(storage, int(sys.argv[3]))
    storage.close()
    print((peak() - before) // 1000)

asyncio.run(main())
"""


def test_memory_is_flat_while_a_large_object_comes_and_goes(storage_settings: StorageSettings, tmp_path: Path) -> None:
    environ = {
        "STAGE": "local",
        "STORAGE_PROVIDER": storage_settings.storage_provider,
        "STORAGE_ENDPOINT": storage_settings.storage_endpoint,
        "STORAGE_BUCKET": storage_settings.storage_bucket,
        "STORAGE_ACCESS_KEY_ID": storage_settings.storage_access_key_id,
        "STORAGE_SECRET_ACCESS_KEY": storage_settings.storage_secret_access_key.get_secret_value(),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", MOVE, str(tmp_path), f"files/{new_token()}", str(MEGABYTES * 1_000_000)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < HELD
