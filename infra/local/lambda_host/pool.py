"""The processes of one function: started on demand, kept warm, as many as its concurrency allows.

idle one there -> it takes the event      none, but room -> one is started      no room -> throttled
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from infra.local.lambda_host.log import FunctionLog, end_lines, failure_line, init_failure_line, start_line
from infra.local.lambda_host.outcome import PLATFORM, Answered, Failed, Outcome, RequestTooLarge, Throttled
from infra.local.lambda_host.runtime_api import Invocation
from infra.local.lambda_host.sandbox import Sandbox, State
from infra.local.lambda_host.settings import REQUEST_LIMIT, HostSettings
from infra.local.serverless import FunctionSpec


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """A live process of a function."""

    pid: int | None
    """None before it has been started."""
    state: State
    invocations: int


class Pool:
    """Runs one function; `overrides` stand in for variables of its environment."""

    def __init__(
        self, spec: FunctionSpec, settings: HostSettings, log: FunctionLog, overrides: Mapping[str, str]
    ) -> None:
        self.spec = spec
        self._settings = settings
        self._log = log
        self._overrides = overrides
        reserved = spec.reserved_concurrency
        self._limit = settings.unreserved_concurrency if reserved is None else reserved
        self._idle: list[Sandbox] = []
        """Those that wait, in the order of their last use; one may have ended meanwhile."""
        self._busy: list[Sandbox] = []
        self._closed = False

    @property
    def processes(self) -> list[ProcessInfo]:
        return [
            ProcessInfo(one.pid, one.state, one.invocations)
            for one in (*self._idle, *self._busy)
            if one.state is not State.ENDED
        ]

    async def invoke(self, payload: bytes, *, request_id: str, trace_id: str) -> Outcome:
        """Run the function on one event."""
        if len(payload) > REQUEST_LIMIT:
            return RequestTooLarge()
        self._idle = [one for one in self._idle if one.state is not State.ENDED]
        if self._closed or (not self._idle and len(self._busy) >= self._limit):
            return Throttled()
        sandbox = self._idle.pop() if self._idle else self._new()
        self._busy.append(sandbox)
        return await self._run(sandbox, payload, request_id, trace_id)

    async def reload(self, overrides: Mapping[str, str] | None = None) -> None:
        """End the idle processes now and the busy ones after their invocation; the next ones are new."""
        if overrides is not None:
            self._overrides = overrides
        for sandbox in self._busy:
            sandbox.retired = True
        retired, self._idle = self._idle, []
        await asyncio.gather(*(one.end() for one in retired))

    async def close(self) -> None:
        """Kill every process; what was running has failed."""
        self._closed = True
        await self.reload()
        while self._busy:
            await asyncio.gather(*(one.end() for one in self._busy))
            await asyncio.sleep(0)

    def _new(self) -> Sandbox:
        return Sandbox(self.spec, self._settings, self._log, self._overrides)

    async def _run(self, sandbox: Sandbox, payload: bytes, request_id: str, trace_id: str) -> Outcome:
        clock = asyncio.get_running_loop().time
        init = None
        try:
            if sandbox.state is State.STARTING:
                began = clock()
                failure = await sandbox.start(self._settings.init_timeout)
                init = clock() - began
                if failure and self._closed:
                    return failure
                if failure:
                    self._log.line(init_failure_line(failure, init))
                    init = None
                    # Lambda then starts it over as part of the invocation, within the function's own time.
                    self._busy.remove(sandbox)
                    sandbox = self._new()
                    self._busy.append(sandbox)
            self._log.line(start_line(request_id))
            began = clock()
            outcome = await self._serve(sandbox, payload, request_id, trace_id)
            if isinstance(outcome, Failed) and outcome.error_type in PLATFORM:
                self._log.line(failure_line(outcome, request_id, self._settings.now()))
            self._log.line(end_lines(self.spec, request_id, clock() - began, init))
            return outcome
        finally:
            if sandbox.retired or self._closed or sandbox.state is not State.IDLE:
                await sandbox.end()
            else:
                self._idle.append(sandbox)
            self._busy.remove(sandbox)

    async def _serve(self, sandbox: Sandbox, payload: bytes, request_id: str, trace_id: str) -> Answered | Failed:
        clock = asyncio.get_running_loop().time
        began = clock()
        if sandbox.state is State.STARTING:
            failure = await sandbox.start(self.spec.timeout)
            if failure:
                return failure
        seconds = self.spec.timeout - (clock() - began)
        name = self.spec.deployed_name or self.spec.name
        invocation = Invocation(
            request_id=request_id,
            payload=payload,
            deadline_ms=int((self._settings.now() + seconds) * 1000),
            arn=f"arn:aws:lambda:{self._settings.region}:{self._settings.account}:function:{name}",
            trace_id=trace_id,
        )
        return await sandbox.invoke(invocation, seconds)
