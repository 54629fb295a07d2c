"""The world of a run's state machine: the real store and runtime, workers that stop where the machine stops them."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.context import Continue, JobContext
from shared.database import Database
from shared.delivery import Handled
from shared.errors import PermanentError, RetryableError
from shared.message import Message
from shared.relay import Relay
from shared.runs.model import Run, State, read
from shared.runs.settle import Holder, renew
from tests.support.story import Crash, Note, Story

T = TypeVar("T")

FINAL = {State.SUCCEEDED, State.FAILED, State.CANCELLED}


@dataclass
class Worker:
    """A Lambda in the middle of its work; `go` is given what it does next."""

    run_id: str
    fence: int
    go: "asyncio.Future[str]"
    task: "asyncio.Task[None]"
    lease_live: bool = True


@dataclass
class World:
    """`workers` are those that have begun and not been let go on. Broken rules are collected in `wrong`."""

    loop: asyncio.AbstractEventLoop
    database: Database
    workers: list[Worker] = field(default_factory=list)
    snapshots: list[Run] = field(default_factory=list)
    """Runs as an enqueuer has them in its memory: what it notes late."""
    delivering: "dict[asyncio.Task[Any], Message]" = field(default_factory=dict)
    callbacks: list[Message] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    free_running: str | None = None
    """What workers do without being stopped: the end of the story."""

    def __post_init__(self) -> None:
        self.story = Story(self.database)
        self.story.behave = self._work

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _work(self, payload: Note, context: JobContext[None]) -> Any:
        run = context.run
        live = [one for one in self.workers if one.run_id == run.id and one.lease_live]
        if live:
            self.wrong.append(f"{run.id}: fence {run.fence} began beside {live[0].fence}")
        if any(one.run_id == run.id and one.fence >= run.fence for one in self.workers):
            self.wrong.append(f"{run.id}: fence {run.fence} was given twice")
        task = asyncio.current_task()
        if task in self.delivering and self.delivering[task].leg != run.leg:
            self.wrong.append(f"{run.id}: leg {run.leg} began by a message of leg {self.delivering[task].leg}")
        behaviour = self.free_running or await self._stop(run)
        return await self._behave(behaviour, payload, context)

    async def _stop(self, run: Run) -> str:
        task = asyncio.current_task()
        assert task is not None
        worker = Worker(run.id, run.fence, self.loop.create_future(), task)
        self.workers.append(worker)
        return await worker.go

    async def _behave(self, behaviour: str, payload: Note, context: JobContext[None]) -> Any:
        if behaviour == "succeed":
            return await self.story.succeed(payload, context)
        if behaviour == "crash after":
            return await self.story.crash_after(payload, context)
        if behaviour == "crash":
            return await self.story.crash()
        if behaviour == "continue":
            return Continue({"leg": context.run.leg})
        if behaviour == "fail":
            raise PermanentError("no")
        raise RetryableError("not now", retry_after=0)

    async def begin(self, message_id: str, copies: int = 1) -> None:
        """Deliver a message until its worker stops, or until it is answered without one."""
        tasks = [asyncio.create_task(self._deliver(message_id)) for _ in range(copies)]
        stopped = {worker.task for worker in self.workers}
        while not all(task.done() or task in stopped for task in tasks):
            await asyncio.sleep(0.001)
            stopped = {worker.task for worker in self.workers}

    async def _deliver(self, message_id: str) -> None:
        """What QStash does with the answer: a message that is given up has a failure callback."""
        message = self.story.qstash.messages[message_id]
        task = asyncio.current_task()
        assert task is not None
        self.delivering[task] = message
        try:
            handled: Handled = await self.story.desk.deliver_body(message.encode(), message_id=message_id)
        except Crash:
            return
        status = handled.answer.status
        if status not in {200, 409, 489, 503}:
            self.wrong.append(f"{message}: answered {status}")
        if message_id in self.story.qstash.alive:
            self.story.qstash.answered(message_id, status)
            if status == 489:
                self.callbacks.append(message)

    async def let_go(self, worker: Worker, behaviour: str) -> None:
        """It does the rest; if it has lost its run meanwhile, the run must not notice."""
        before = await self.story.desk.read(worker.run_id)
        self.workers.remove(worker)
        worker.go.set_result(behaviour)
        await asyncio.wait({worker.task})
        worker.task.result()
        lost = before.state is not State.RUNNING or before.fence != worker.fence
        if lost and await self.story.desk.read(worker.run_id) != before:
            self.wrong.append(f"{worker.run_id}: fence {worker.fence} had lost it and settled {behaviour}")

    async def expire_lease(self, run_id: str) -> None:
        await self.story.desk.change(run_id, lease=1)
        for worker in self.workers:
            if worker.run_id == run_id:
                worker.lease_live = False

    async def beat(self, worker: Worker) -> None:
        """A heartbeat, perhaps a late one: it keeps the run, or finds that it is lost."""
        run = await self.story.desk.read(worker.run_id)
        document = (await self.documents())[worker.run_id]
        own = run.state is State.RUNNING and run.fence == worker.fence
        holder = Holder(worker.run_id, document["holder"] if own else "another", worker.fence)
        held = await renew(self.database, holder, 60)
        if held and not own:
            self.wrong.append(f"{worker.run_id}: fence {worker.fence} had lost it and renewed")
        worker.lease_live = worker.lease_live or (own and not run.cancel)

    async def relay(self, *, times: int = 1) -> None:
        for place, run_id in enumerate(sorted(await self.documents()), 1):
            await self.story.desk.change(run_id, look_at=place)
        turn = Relay(self.story.desk.enqueuer).turn
        await asyncio.gather(*(turn(lambda: 100.0, logging.getLogger("relay")) for _ in range(times)))

    async def documents(self) -> Mapping[str, dict[str, Any]]:
        return {document["_id"]: document async for document in self.database.runs.find()}

    async def runs(self) -> list[Run]:
        return [read(document) for _, document in sorted((await self.documents()).items())]

    def in_order(self, message_ids: Iterable[str]) -> list[str]:
        """The same order whichever of two racers published first: a story must be repeatable."""
        messages = self.story.qstash.messages
        return sorted(message_ids, key=lambda one: (messages[one].run, messages[one].leg, messages[one].epoch))

    async def alerted(self) -> set[str]:
        return {alert["run"] async for alert in self.database.test_alerts.find()}

    async def settle_everything(self) -> None:
        """All faults end, and time goes on: nothing may be left that is not final."""
        qstash = self.story.qstash
        qstash.down = qstash.deaf = False
        for worker in tuple(self.workers):
            await self.let_go(worker, "succeed")
        self.free_running = "succeed"
        for _ in range(30):
            runs = [run for run in await self.runs() if run.state not in FINAL]
            if not runs:
                return
            for run in runs:
                await self.expire_lease(run.id)
            qstash.forget()
            await self.relay()
            for message_id in qstash.alive:
                await self._deliver(message_id)
        self.wrong += [f"{run.id} is lost: {run.state} after {run.revivals} revivals" for run in runs]
