"""What a job's function is given besides its payload, and what it may return to go on later."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, ParamSpec, TypeVar

from shared.clock import World
from shared.contract import Contract, Payload
from shared.enqueue import new_run
from shared.errors import RetryableError
from shared.runs.model import Run
from shared.runs.progress import Progress
from shared.runs.record import NewRun
from shared.threads import Threads

S = TypeVar("S")
T = TypeVar("T")
P = ParamSpec("P")


MOST_AFTER: Final = 7 * 86_400.0
"""Seconds: the longest delay of a message in QStash's free plan."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Long work's answer before its deadline: the next leg of the same run goes on at `cursor` (JSON data)."""

    cursor: Any
    after: float = 0.0
    """Seconds until then, where it waits for others: that costs it no try."""

    def __post_init__(self) -> None:
        if not 0 <= self.after <= MOST_AFTER:
            raise ValueError(f"a wait of {self.after} s")


@dataclass(frozen=True, slots=True)
class JobContext(Generic[S]):
    """One delivery of one run. `services` is what the job's own wiring built."""

    run: Run
    cursor: Any
    services: S
    ends_at: float
    """On the monotonic clock of `world`."""
    world: World
    threads: Threads
    log: logging.Logger | Any
    follow_ups: list[NewRun] = field(default_factory=list)
    accepted: list[Run] = field(default_factory=list)
    """What the job has accepted in transactions of its own: handed over when it has ended, however that was."""
    told: Progress | None = None
    """Where `progress` goes."""

    @property
    def key(self) -> str:
        """Goes into every effect: an idempotency key, an object's name, a record's id. The same for all deliveries."""
        return self.run.id

    def remaining(self) -> float:
        """Seconds until the deadline; nothing should begin that may take longer."""
        return self.ends_at - self.world.monotonic()

    def need(self, seconds: float) -> None:
        """Give the run back now rather than be cut off in the middle of something that takes `seconds`."""
        if self.remaining() < seconds:
            raise RetryableError(f"{seconds:g} s are needed and less are left", retry_after=1)

    async def progress(self, done: int, total: int | None = None, what: str = "") -> None:
        """Tell whoever watches how far the work is, as often as you like: it is written at most once a second.

        `total` is None where nobody knows; `what` is what is counted, as in `pages`. It never fails.
        """
        if self.told is not None:
            await self.told.tell(done, total, what)

    async def blocking(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call that blocks in a thread that the runtime knows of. Never use another way (case 12)."""
        return await self.threads.run(call, *args, **kwargs)

    def enqueue(self, contract: Contract[Any], payload: Payload, *, key: str | None = None, delay: float = 0.0) -> str:
        """Follow-up work, accepted in the transaction that settles this run. Its id."""
        new = new_run(contract, payload, owner=self.run.owner, run_id=self.world.token(), key=key, delay=delay)
        self.follow_ups.append(new)
        return new.id
