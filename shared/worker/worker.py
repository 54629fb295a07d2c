"""The parent's side: one child at a time, asked by one coroutine at a time."""

import asyncio
import signal
from typing import Any, Final

from shared.shielded import finished
from shared.worker.errors import Declined, OverBudget, WorkerDied
from shared.worker.limits import Limits
from shared.worker.process import Child, Ended

TRIES: Final = 2
"""A child that died may have been killed for another's sake (the machine's memory); the second death is its own. So
may one that is out of memory have been left with little by an earlier ask."""


class Worker:
    """Building it starts nothing. `module` is run as `python -m module` and calls shared.worker.child.serve."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._module = module
        self._limits = limits
        self._child: Child | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Of the child that is kept, if there is one."""
        return self._child.pid if self._child is not None and self._child.alive else None

    async def ask(self, request: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Raises OverBudget, WorkerDied, Declined. The time counts from here, a cold child's start in it."""
        answer, _ = await self.ask_bytes(request, seconds=seconds)
        return answer

    async def ask_bytes(self, request: dict[str, Any], *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The same, with the bytes that came with the answer."""
        async with self._turn:
            try:
                async with asyncio.timeout(seconds):
                    head, body = await self._asked(request)
            except TimeoutError:
                raise OverBudget("time", f"{seconds:g} s") from None
        return self._read(head), body

    async def close(self) -> None:
        async with self._turn:
            await self._drop()

    async def _asked(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        status: int | None = None
        for _ in range(TRIES):
            kept = self.pid is not None
            try:
                head, body = await self._once(request)
            except Ended as ended:
                status = ended.status
                continue
            if "over" not in head:
                return head, body
            await finished(self._drop())
            if not kept:
                return head, body
        raise WorkerDied(status if status is not None else -signal.SIGKILL)

    async def _once(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Whoever no longer waits leaves no child that still works: the next one would read this one's answer."""
        answered = False
        try:
            if self._child is None or not self._child.alive:
                await self._drop()
                self._child = await Child.start(self._module, self._limits)
            answer = await self._child.ask(request)
            answered = True
            return answer
        finally:
            if not answered:
                await finished(self._drop())

    async def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()

    def _read(self, head: dict[str, Any]) -> dict[str, Any]:
        match head:
            case {"answer": dict(answer)}:
                return answer
            case {"declined": str(reason), "data": dict(data)}:
                raise Declined(reason, data)
            case {"over": "memory"}:
                raise OverBudget("memory", f"{self._limits.memory // 1_000_000} MB")
        raise RuntimeError(f"the worker failed: {head.get('fault')} at {head.get('where')}")
