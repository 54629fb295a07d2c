"""Puts something back on the way out, although the caller is being cancelled or its time is used up."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any


async def finished(work: Coroutine[Any, Any, None]) -> None:
    """Waits for `work`, which ends by itself soon; a cancellation meanwhile is passed on when it has ended.

    It runs outside of the caller's context: a deadline that has passed would keep it from being sent at all.
    """
    task = asyncio.create_task(work, context=Context())
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


async def stopped(task: asyncio.Task[None]) -> None:
    """Cancels a task and waits for its end; a fault that had ended it before is raised."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
