"""Cuts work off at the n-th time that it waits, as a deadline does: by cancelling its task there."""

import asyncio
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any


@dataclass
class CutOff:
    work: Coroutine[Any, Any, Any]
    at: int
    waits: int = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self.work.__await__()
        raised: BaseException | None = None
        while True:
            try:
                waited = steps.send(None) if raised is None else steps.throw(raised)
            except StopIteration as done:
                return done.value
            self.waits += 1
            task = asyncio.current_task()
            if self.waits == self.at and task is not None:
                task.cancel()
            raised = None
            try:
                yield waited
            except BaseException as error:  # noqa: BLE001 - whatever the task is given is the work's
                raised = error


async def cut_off(work: Coroutine[Any, Any, Any], at: int) -> bool:
    """Whether it was cut off: False when it never waited so often, and is done."""
    cut = CutOff(work, at)

    async def run() -> None:
        await cut

    [ended] = await asyncio.gather(asyncio.create_task(run()), return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended
    return cut.waits >= at
