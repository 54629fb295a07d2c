"""What a person does to runs: replay, cancel, purge; one, or many by a filter. Each act is one transaction with its
entry in the audit log (acting.py), so that nothing is done that nobody can be asked about.

    replay    failed, cancelled             ──▶ pending, in the next epoch; then published, and its dead letter removed
    cancel    pending .. retrying           ──▶ cancelled at once, or asked to stop (revive.py)
    purge     succeeded, failed, cancelled  ──▶ no record; its dead letter is removed
    anything else                           ──▶ refused, with the reason

    replay, replay          one reads the other's epoch or meets its write, begins anew, and finds the run live
    replay, purge           likewise: a live run, or none
    replay, DLQ's retry     before it the run has ended, and the retry is answered 489 (case 14); after it whichever
                            message comes first is the run's next delivery, and the other finds it busy or done
    replay, a key           the run takes back the business key that it freed; refused if another run has that now
    replay, QStash away     it stays `pending`: the relay publishes it under the same deduplication id
    purge, redelivery       the claim finds nothing: 503 until QStash gives up, and its failure callback knows no run
                            either (case 9). A plain message brings its record along, so its run is kept for a day
    many, cut off           what was done has left the filter: the same call again goes on with the rest

What QStash is told happens after the commit. If that fails no harm is done: a dead letter is dropped by itself in days,
a cancelled run's message finds it cancelled.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Final

from shared import deadline, degraded
from shared.clock import World
from shared.database import Database, reachable, transaction
from shared.enqueue import Enqueuer
from shared.errors import ConfigurationError, PublishRefused, RetryableError
from shared.paging import Place
from shared.runs import selecting
from shared.runs.acting import REPLAYABLE, Acting, Because, Refused
from shared.runs.model import FINAL, Run, State
from shared.runs.selecting import Filter

PAGE: Final = 25
"""Runs that are acted on before QStash is told of them."""
SHOWN: Final = 20
"""Runs of a preview."""
RATE: Final = 10.0
"""Replays a second, where nothing else is said."""


class Action(StrEnum):
    REPLAY = "replay"
    CANCEL = "cancel"
    PURGE = "purge"


ELIGIBLE: Final[Mapping[Action, tuple[State, ...]]] = {
    Action.REPLAY: REPLAYABLE,
    Action.CANCEL: tuple(state for state in State if state not in FINAL),
    Action.PURGE: FINAL,
}


class Outcome(StrEnum):
    REPLAYED = "replayed"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    """It has begun: it stops when it next settles, or is claimed."""
    PURGED = "purged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act on one run; `because` and `why` say more of a refusal, to programs and to people."""

    run: str
    outcome: Outcome
    why: str | None = None
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many runs an action would meet, and the newest of them."""

    count: int
    first: Sequence[Run]


@dataclass(slots=True)
class _Told:
    """What QStash is told of when the acts have committed."""

    replayed: list[Run] = field(default_factory=list)
    ended: list[Run] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    """That need not be delivered any more."""
    letters: list[str] = field(default_factory=list)
    """Dead ones, that nobody needs any more."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`by` goes into the audit log: a principal's id, or `command line`."""

    enqueuer: Enqueuer
    by: str
    world: World
    patience: float = float("inf")
    """Seconds that whoever waits has for QStash to be told of an act, or of a page of them. The relay has more."""

    async def replay(self, run_id: str, *, payload: Mapping[str, Any] | None = None, delay: float = 0.0) -> Done:
        """`payload` holds the fields that are to have another value (editing.py); `delay` is in seconds."""
        return await self._alone(partial(self._replay, run_id, payload=payload, delay=delay))

    async def cancel(self, run_id: str) -> Done:
        return await self._alone(partial(self._cancel, run_id))

    async def purge(self, run_id: str) -> Done:
        return await self._alone(partial(self._purge, run_id))

    async def preview(self, chosen: Filter, action: Action) -> Preview:
        """What the action would meet."""
        query = self._query(chosen, action)
        async with reachable():
            count = await self._database.runs.count_documents(query)
            return Preview(count, await selecting.find(self._database, query, limit=SHOWN))

    async def many(self, action: Action, chosen: Filter, *, most: int, rate: float = RATE) -> AsyncGenerator[Done]:
        """The newest first, until `most` are done, or as many refused. Replays begin `rate` a second.

        Who stops before the end should close it (`aclosing`): what was done is told to QStash then.
        """
        query = self._query(chosen, action)
        done = refused = 0
        after: Place | None = None
        while done < most and refused < most:
            async with reachable():
                runs = await selecting.find(self._database, query, limit=min(PAGE, most - done), after=after)
            if not runs:
                return
            after = selecting.place(runs[-1])
            told = _Told()
            try:
                for run in runs:
                    one = await self._act(action, run.id, told, delay=done / rate)
                    done += one.outcome is not Outcome.REFUSED
                    refused += one.outcome is Outcome.REFUSED
                    yield one
            finally:
                await self._tell(told)

    @property
    def acting(self) -> Acting:
        """For who makes an act a part of a transaction of their own; `replayed` is for when that has committed."""
        enqueuer = self.enqueuer
        return Acting(
            database=enqueuer.database,
            contracts=enqueuer.contracts,
            alert=enqueuer.alert,
            by=self.by,
            now=self.world.now(),
        )

    async def replayed(self, before: Run, after: Run) -> None:
        await self._tell(_Told(replayed=[after], letters=list(before.dead_letters)))

    @property
    def _database(self) -> Database:
        return self.enqueuer.database

    def _query(self, chosen: Filter, action: Action) -> dict[str, Any]:
        """What has been acted on has left it, and so has what never can be: a call that is repeated goes on."""
        wanted = selecting.wanted(chosen)
        eligible = {state.value for state in ELIGIBLE[action]}
        wanted["state"] = {"$in": [state for state in wanted["state"]["$in"] if state in eligible]}
        crons = [contract.name for contract in self.enqueuer.contracts.values() if contract.singleton]
        wanted["$nor"] = [{"job": {"$in": crons}}]
        return wanted | ({"cancel": None} if action is Action.CANCEL else {})

    async def _alone(self, act: Callable[[_Told], Awaitable[Done]]) -> Done:
        told = _Told()
        done = await act(told)
        await self._tell(told)
        return done

    async def _act(self, action: Action, run_id: str, told: _Told, *, delay: float) -> Done:
        match action:
            case Action.REPLAY:
                return await self._replay(run_id, told, delay=delay)
            case Action.CANCEL:
                return await self._cancel(run_id, told)
            case Action.PURGE:
                return await self._purge(run_id, told)

    async def _replay(
        self, run_id: str, told: _Told, *, payload: Mapping[str, Any] | None = None, delay: float = 0.0
    ) -> Done:
        try:
            work = partial(self.acting.replay, run_id, payload=payload, delay=delay)
            before, after = await transaction(self._database, work)
        except Refused as no:
            return _refused(run_id, no)
        told.replayed.append(after)
        told.letters += before.dead_letters
        return Done(run_id, Outcome.REPLAYED)

    async def _cancel(self, run_id: str, told: _Told) -> Done:
        try:
            before, after = await transaction(self._database, partial(self.acting.cancel, run_id))
        except Refused as no:
            return _refused(run_id, no)
        if after.state is not State.CANCELLED:
            return Done(run_id, Outcome.REQUESTED)
        told.ended.append(after)
        told.messages += [before.message_id] if before.message_id else []
        return Done(run_id, Outcome.CANCELLED)

    async def _purge(self, run_id: str, told: _Told) -> Done:
        try:
            purged = await transaction(self._database, partial(self.acting.purge, run_id))
        except Refused as no:
            return _refused(run_id, no)
        told.letters += purged.dead_letters
        return Done(run_id, Outcome.PURGED)

    async def _tell(self, told: _Told) -> None:
        with deadline.within(self.patience, self.world.monotonic):
            await self._tell_all(told)

    async def _tell_all(self, told: _Told) -> None:
        by_job: dict[str, list[Run]] = defaultdict(list)
        for run in told.replayed:
            by_job[run.job].append(run)
        for of_job in by_job.values():
            with suppress(ConfigurationError):  # a URL that is not known here is known to the relay
                await self.enqueuer.hand_over_many(of_job)
        for run in told.ended:
            await self.enqueuer.hand_over_telling(run)
        publisher = self.enqueuer.publisher
        await asyncio.gather(
            *(_spared(publisher.cancel(name), "a cancelled run's message was left") for name in told.messages),
            *(_spared(publisher.remove_dead_letter(name), "a dead letter was left") for name in told.letters),
        )


def _refused(run_id: str, no: Refused) -> Done:
    return Done(run_id, Outcome.REFUSED, no.why, no.because)


async def _spared(call: Awaitable[None], otherwise: str) -> None:
    """A call that only saves QStash some work, or a person a look."""
    try:
        await call
    except (PublishRefused, RetryableError):
        degraded.to("qstash", otherwise)
