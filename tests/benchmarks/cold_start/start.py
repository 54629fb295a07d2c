"""One cold start: a fresh process under AWS's runtime client, from its start to its first answer.

    exec ──▶ Python, the runtime client ──▶ the handler's imports ──▶ next ──event──▶ .. claim .. ──▶ response
    0 ──────────────────────────────────────────────────────────────────────────────── claimed ────── answered

With a snapshot it is as with SnapStart: the runtime client runs the hooks and asks to be restored, and time begins when
it is told that it has been. What AWS needs for that itself comes on top.
"""

import asyncio
import json
import re
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.lambda_host.listener import Listener, authority, bind
from infra.local.lambda_host.outcome import Answered, Failed
from infra.local.lambda_host.runtime_api import Invocation, runtime_api
from tests.benchmarks.cold_start.ear import Ear

LIMIT: Final = 60.0
"""Seconds after which a start has failed."""
REGION: Final = "eu-central-1"
TRACE: Final = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

Call = tuple[Mapping[str, Any], int]
"""An event, and the status that it is to be answered with."""

_PEAK: Final = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: a handler in its own folder, with its own variables."""

    name: str
    root: Path
    handler: str
    environment: Mapping[str, str] = field(repr=False)
    snapshot: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    answered: float
    """Seconds from the process's start, or from its restoring; like `claimed`."""
    claimed: float | None
    """When it had sent its claim of the work, if anybody listened for that."""
    peak: int
    """Bytes in memory at the most."""


class NoAnswer(Exception):
    """A start that did not end as it should: nothing is measured then."""


async def start(program: Program, call: Call, python: Path, log: Path, ear: Ear | None = None) -> Started:
    """Start it, hand it the event, and end it when it has answered. Raises NoAnswer."""
    bound = bind()
    event, status = call
    platform = _Platform(json.dumps(event).encode())
    api = runtime_api(platform)
    api.routes.append(Route("/2018-06-01/runtime/restore/next", platform.restore))
    listener = await Listener.open(api, bound)
    if ear is not None:
        ear.forget()
    try:
        with log.open("ab") as output:
            began = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                python,
                *("-m", "awslambdaric", program.handler),
                cwd=program.root,
                env=_environment(program, authority(bound)),
                stdin=DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            answer = await asyncio.wait_for(platform.answered, LIMIT)
            peak = _peak(process.pid)
        finally:
            process.kill()
            await process.wait()
    except TimeoutError:
        raise NoAnswer(f"{program.name}: no answer in {LIMIT:g} s, see {log}") from None
    finally:
        platform.ended.set()
        await listener.close()
    if not isinstance(answer, Answered) or json.loads(answer.payload)["statusCode"] != status:
        raise NoAnswer(f"{program.name}: {answer}, see {log}")
    began = platform.restored_at or began
    heard = None if ear is None or ear.heard is None else ear.heard - began
    return Started(platform.answered_at - began, heard, peak)


def _peak(process: int) -> int:
    """As the kernel has counted it."""
    found = _PEAK.search(Path(f"/proc/{process}/status").read_text())
    if found is None:
        raise NoAnswer("it has ended")
    return int(found[1]) * 1024


class _Platform:
    """The runtime API's other side: one event, and nothing after it."""

    def __init__(self, payload: bytes) -> None:
        self._payload: bytes | None = payload
        self.answered: asyncio.Future[Answered | Failed] = asyncio.get_running_loop().create_future()
        self.answered_at = self.restored_at = 0.0
        self.ended = asyncio.Event()

    async def restore(self, _: Request) -> Response:
        self.restored_at = time.monotonic()
        return Response()

    async def next(self) -> Invocation | None:
        payload, self._payload = self._payload, None
        if payload is None:
            await self.ended.wait()
            return None
        deadline = int((time.time() + LIMIT / 2) * 1000)
        return Invocation("6f1a3c5e", payload, deadline, f"arn:aws:lambda:{REGION}:000000000000:function:f", TRACE)

    def settle(self, _: str, outcome: Answered | Failed) -> bool:
        self.answered_at = time.monotonic()
        self.answered.set_result(outcome)
        return True

    def init_failed(self, failure: Failed) -> None:
        self.answered.set_result(failure)


def _environment(program: Program, runtime_api: str) -> Mapping[str, str]:
    """As AWS gives it, with what keeps the process from writing where AWS would not let it."""
    return {
        **program.environment,
        "PYTHONDONTWRITEBYTECODE": "1",  # /var/task is read-only, and this user may write everywhere
        "_HANDLER": program.handler,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": program.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if program.snapshot else "on-demand",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "LAMBDA_TASK_ROOT": str(program.root),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
    }
