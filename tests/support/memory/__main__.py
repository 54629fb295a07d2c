"""How far one piece of work makes a fresh process's memory grow: `python -m tests.support.memory`, for grown.py.

The same is done to a small file first, so that what a process needs once (modules, connections) is there before; then
what lies freed is given back, so that no part of the large file finds room in it unseen.
"""

import asyncio
import ctypes
import gc
import json
import sys

from functions.analyze_document.reading import LIMITS, MODULE
from shared.config import MongoSettings, StorageSettings, load
from shared.database import connect
from shared.worker import Worker
from tests.support.memory.peak import Peak
from tests.support.memory.works import MAKING, Bench, File
from tests.support.open_storage import open_storage


async def measured(name: str, small: File, large: File) -> tuple[int, int]:
    """Bytes, of this process and of its worker."""
    making, settings, database = MAKING[name], load(StorageSettings), connect(load(MongoSettings))
    reader = Worker(MODULE, LIMITS)
    with open_storage(settings) as storage:
        bench = Bench(database, storage, settings, reader)
        await (await making(bench, small))()
        work = await making(bench, large)
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        peak, workers = Peak(), Peak(reader.pid) if reader.pid else None
        await work()
        grown = peak.grown, workers.grown if workers else 0
    await reader.close()
    database.client.close()
    return grown


if __name__ == "__main__":
    small, large = (File(**json.loads(given)) for given in sys.argv[2:4])
    print(json.dumps(asyncio.run(measured(sys.argv[1], small, large))))  # noqa: T201 - it is a command
