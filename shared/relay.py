"""The outbox's second half: one turn over the runs that are overdue by their own `look_at`.

    pending                      published, in batches, under the same deduplication id
    queued, retrying, running    QStash is asked about the message first (case 6)
        alive                    left alone; looked at again after twice the time
        delivered, dead, gone    revived in the next epoch, and published at once
    any, past its `ends_by`      failed as expired      } but where an attempt was interrupted its next claim decides,
    any, cancellation wanted     cancelled              } because only there the job is asked for its evidence

Each run's next look is set before anything else is done to it, by compare-and-set: two relays share the work, one that
dies loses nothing but time, and a turn never meets the same run twice. All else is at-least-once and does no harm: a
publish is deduplicated or declined at the claim, a revival is a compare-and-set. Nobody's lease is touched; the only
clock is the store's.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.database import Database, reachable
from shared.ends import end_of, verdict_on
from shared.enqueue import Enqueuer
from shared.errors import ConfigurationError, PublishRefused, RetryableError
from shared.publishing import Fate
from shared.runs.finish import finish
from shared.runs.model import Document, Run, State, read
from shared.runs.revive import look_later, revive

BATCH: Final = 100
"""Pending runs published by one call."""
ASKED: Final = 20
"""Runs that QStash is asked about at the same time."""
ROUNDS: Final = 20
"""Batches of each kind in one turn."""
NEEDED: Final = 30.0
"""Seconds that the last batch may take: a question is two calls of 8 s, a publish one."""
REVIVALS: Final = 10
"""A run's, in one leg: beyond them its message is believed to live, whatever is said of it."""
PENDING_LOOKS_MS: Final = 5 * 60_000
"""The longest wait between two looks at a pending run."""
STALLED_LOOKS_MS: Final = 60 * 60_000
"""The longest wait between two looks at a run that is with QStash."""

Overdue = tuple[Run, int]
"""A run, and the store's clock when it was read."""


@dataclass(frozen=True, slots=True)
class Relay:
    enqueuer: Enqueuer
    ended: Callable[[], None] = lambda: None
    """Called when a turn has ended well: that turns cease is seen from outside."""

    async def turn(self, remaining: Callable[[], float], log: Any) -> dict[str, int]:
        """What was done to how many runs, by one word each. `remaining` is in seconds."""
        tally: Counter[str] = Counter()
        for kind in (self._hand_over_pending, self._look_after_stalled):
            for _ in range(ROUNDS):
                if remaining() < NEEDED:
                    tally["out_of_time"] += 1
                    break
                async with reachable():
                    looked = await kind(tally)
                if not looked:
                    break
                log.info("relay", extra={"relayed": dict(tally)})
        self.ended()
        return dict(tally)

    async def _hand_over_pending(self, tally: Counter[str]) -> bool:
        """One batch. False when none is left, or QStash takes none for now."""
        found = await self._overdue([State.PENDING], BATCH)
        going = [run for run, now in found if await self._goes_on(run, now, PENDING_LOOKS_MS, tally)]
        away = await self._publish(going, tally)
        return bool(found) and not away

    async def _look_after_stalled(self, tally: Counter[str]) -> bool:
        found = await self._overdue([State.QUEUED, State.RETRYING, State.RUNNING], ASKED)
        looks = await asyncio.gather(*(self._look(run, now, tally) for run, now in found), return_exceptions=True)
        revived = [look for look in looks if isinstance(look, Run)]
        away = await self._publish(revived, tally)
        for look in looks:
            if isinstance(look, BaseException):
                raise look
        return bool(found) and not away and not tally["unanswered"]

    async def _look(self, run: Run, now: int, tally: Counter[str]) -> Run | None:
        """The run, if it had to be revived."""
        if not await self._goes_on(run, now, STALLED_LOOKS_MS, tally):
            return None
        try:
            fate = await self._fate(run)
        except (RetryableError, PublishRefused):
            tally["unanswered"] += 1
            return None
        if fate is Fate.ALIVE or (fate is Fate.GONE and run.revivals >= REVIVALS):
            tally["left_alone"] += 1
            return None
        revived = await revive(self.enqueuer.database, run)
        tally["revived" if revived else "moved"] += 1
        return revived

    async def _goes_on(self, run: Run, now: int, at_most: int, tally: Counter[str]) -> bool:
        """Whether the run is ours to move in this turn: it has not ended, and nobody works or looks at it."""
        database = self.enqueuer.database
        if not await look_later(database, run, at_most=at_most):
            tally["moved"] += 1
            return False
        if run.state is State.RUNNING and run.lease > now:
            tally["left_alone"] += 1
            return False
        verdict = verdict_on(run, now)
        if verdict is not None:
            end = await end_of(run, verdict)
            ended = await finish(database, run, end, alert=self.enqueuer.alert)
            await self.enqueuer.hand_over_telling(run)
            tally[verdict.value if ended else "moved"] += 1
            return False
        if run.job not in self.enqueuer.contracts:
            tally["of_no_job"] += 1
            return False
        return True

    async def _fate(self, run: Run) -> Fate:
        """What QStash says of the message by which this epoch was published, or delivered before that was noted."""
        last = run.attempts[-1] if run.attempts else {}
        message_id = run.message_id or (last.get("message_id") if last.get("epoch") == run.epoch else None)
        return await self.enqueuer.publisher.fate(message_id) if message_id else Fate.GONE

    async def _publish(self, runs: Sequence[Run], tally: Counter[str]) -> bool:
        """Job by job, so that one whose URL is not configured holds up no other. True when QStash is away."""
        by_job: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            by_job[run.job].append(run)
        away = False
        for of_job in by_job.values():
            try:
                tally["handed_over"] += (taken := await self.enqueuer.hand_over_many(of_job))
            except ConfigurationError:
                tally["of_no_url"] += len(of_job)
                continue
            if taken < len(of_job):
                away = away or await self._any_pending(of_job)
        return away

    async def _any_pending(self, runs: Iterable[Run]) -> bool:
        """Whether something was left, that is, not refused for good either."""
        ids = [run.id for run in runs]
        left = {"_id": {"$in": ids}, "state": State.PENDING.value}
        return await self.enqueuer.database.runs.count_documents(left, limit=1) > 0

    async def _overdue(self, states: Sequence[State], limit: int) -> list[Overdue]:
        """The most overdue runs. Crons are not among them: their next turn is their revival."""
        crons = [contract.name for contract in self.enqueuer.contracts.values() if contract.singleton]
        return await overdue(self.enqueuer.database, states, limit=limit, but_not=crons)


async def overdue(
    database: Database, states: Sequence[State], *, limit: int, but_not: Sequence[str] = ()
) -> list[Overdue]:
    """Read by the index (state, look_at); each record brings the store's clock along, and is judged by that."""
    documents: list[Document] = await database.runs.aggregate(
        [
            {"$match": {"state": {"$in": [state.value for state in states]}, "job": {"$nin": list(but_not)}}},
            {"$sort": {"look_at": 1}},
            {"$limit": limit},
            {"$set": {"now": {"$toLong": "$$NOW"}}},
        ]
    ).to_list(None)
    return [(read(document), document["now"]) for document in documents if document["look_at"] <= document["now"]]
