"""A parent that asks its worker for something endless, says the child's process id, and is killed by the test."""

import asyncio
import sys

from shared.worker import Limits, Worker
from tests.integration.worker.conftest import MEMORY, STRANGE


async def main() -> None:
    worker = Worker(STRANGE, Limits(memory=MEMORY))
    sys.stdout.write(f"{(await worker.ask({'do': 'tell'}, seconds=60))['pid']}\n")
    sys.stdout.flush()
    await worker.ask({"do": "compute"}, seconds=600)


asyncio.run(main())
