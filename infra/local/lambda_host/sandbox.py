"""One process of a function, under AWS's runtime client, and what the platform does to it.

    starting --next--> idle --invoke--> busy --response, next--> idle ..
        any of them --exit, kill, out of time--> ended

Between invocations it is frozen (SIGSTOP), as a sandbox is. A function that runs out of time is killed (SIGKILL), and
so is, whenever its process ends, every process that it started and left in its group.
"""

import asyncio
import signal
from collections.abc import Awaitable, Mapping
from enum import StrEnum

from infra.local.lambda_host.environment import function_environment
from infra.local.lambda_host.listener import Listener, authority, bind
from infra.local.lambda_host.log import FunctionLog
from infra.local.lambda_host.outcome import Answered, Failed, timed_out
from infra.local.lambda_host.process import FunctionProcess
from infra.local.lambda_host.runtime_api import Invocation, runtime_api
from infra.local.lambda_host.settings import HostSettings
from infra.local.serverless import FunctionSpec


class State(StrEnum):
    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    ENDED = "ended"


class Sandbox:
    """Made for one function; `start` it, `invoke` it one event at a time while it is idle, and `end` it."""

    def __init__(self, spec: FunctionSpec, settings: HostSettings, log: FunctionLog, extra: Mapping[str, str]) -> None:
        self._spec = spec
        self._settings = settings
        self._log = log
        self._extra = extra
        self._inbox: asyncio.Queue[Invocation | None] = asyncio.Queue()
        self._waiting = asyncio.Event()
        """Set while the process waits for its next event."""
        self._init_failure: Failed | None = None
        self._running: tuple[str, asyncio.Future[Answered | Failed]] | None = None
        self._process: FunctionProcess | None = None
        self._exit: asyncio.Task[None] | None = None
        self._ending = False
        self.state = State.STARTING
        self.invocations = 0
        self.retired = False
        """Whether it is to end after its invocation."""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self, seconds: float) -> Failed | None:
        """Start the process and wait until its handler is imported; what stands in the way, if anything does."""
        bound = bind()
        listener = await Listener.open(runtime_api(self), bound)
        environment = function_environment(
            self._spec,
            self._settings,
            runtime_api=authority(bound),
            stream=f"[$LATEST]{self._settings.new_id()}",
            extra=self._extra,
        )
        self._process = FunctionProcess.start(
            self._spec.handler,
            python=self._settings.runtime.python,
            root=self._settings.root_of(self._spec.name),
            environment=environment,
            output=self._log.fileno(),
        )
        self._exit = asyncio.create_task(self._ended(self._process, listener))
        if self._ending:
            await self.end()
        if await self._before_exit(self._waiting.wait(), seconds):
            self.state = State.IDLE
            return None
        exited = self._exit.done()
        await self.end()
        if exited:
            return self._init_failure or self._process.crash()
        return timed_out(seconds)

    async def invoke(self, invocation: Invocation, seconds: float) -> Answered | Failed:
        """Have it handle one event within `seconds`; after it, it is idle or has ended."""
        if self._process is None or self._exit is None:
            raise RuntimeError("a sandbox is started before it is invoked")
        answer: asyncio.Future[Answered | Failed] = asyncio.get_running_loop().create_future()
        self._running = (invocation.request_id, answer)
        self.state = State.BUSY
        self.invocations += 1
        self._waiting.clear()
        self._inbox.put_nowait(invocation)
        self._process.signal(signal.SIGCONT)
        # An invocation is over when the process asks for the next one. What it answered before that stands anyway.
        if await self._before_exit(self._over(answer), seconds):
            self.state = State.IDLE
            if self._settings.freeze:
                self._process.signal(signal.SIGSTOP)
        else:
            exited = self._exit.done()
            await self.end()
            if not answer.done():
                answer.set_result(self._process.crash() if exited else timed_out(self._spec.timeout))
        self._running = None
        return answer.result()

    async def end(self) -> None:
        """Kill it, with all that it started; returns when it is gone."""
        self._ending = True
        if self._process and self._exit:
            self._process.signal(signal.SIGKILL)
            await self._exit

    async def next(self) -> Invocation | None:
        self._waiting.set()
        return await self._inbox.get()

    def settle(self, request_id: str, outcome: Answered | Failed) -> bool:
        if self._running is None or self._running[0] != request_id or self._running[1].done():
            return False
        self._running[1].set_result(outcome)
        return True

    def init_failed(self, failure: Failed) -> None:
        self._init_failure = failure

    async def _over(self, answer: asyncio.Future[Answered | Failed]) -> None:
        await asyncio.wait({answer})
        await self._waiting.wait()

    async def _before_exit(self, wanted: Awaitable[object], seconds: float) -> bool:
        """Whether something comes to pass within `seconds`, and before the process ends."""
        task = asyncio.ensure_future(wanted)
        try:
            await asyncio.wait(
                {task, *([self._exit] if self._exit else [])}, timeout=seconds, return_when="FIRST_COMPLETED"
            )
            return task.done()
        finally:
            task.cancel()

    async def _ended(self, process: FunctionProcess, listener: Listener) -> None:
        await process.exited()
        self.state = State.ENDED
        self._inbox.put_nowait(None)
        await listener.close()
