"""Decides what becomes of a run whose message QStash has given up. That QStash has given up fails no run (case 3).

    no run, another job's, a cron's      ignored
    ended                                its dead letter is noted
    a stale epoch, one that is ahead     ignored (case 5)
    pending                              its dead letter is noted; the relay publishes it anyhow
    a live lease                         its dead letter is noted; the holder's outcome stands (case 4)
    an attempt of it was interrupted     pending again: its next claim asks the job whether the effect has happened
    expired, or its budget is used up    failed, with its reason and an alert; cancelled, if that is wanted. What newer
                                         code has written has that code's budget, which its next claim knows
    else                                 pending again, in the next epoch; the relay publishes it

Every change is a compare-and-set on what was read; a run that moved meanwhile is read and judged again.
"""

from enum import StrEnum
from typing import Any, Final

from functions.record_failure.callback import Callback
from shared.database import Database
from shared.ends import end_of, verdict_on
from shared.enqueue import Contracts
from shared.errors import DependencyDown
from shared.message import Message
from shared.runs.finish import Alert, finish
from shared.runs.model import FINAL, Run, State, read
from shared.runs.revive import note_dead_letter, revive

LOOKS: Final = 5


class Outcome(StrEnum):
    NO_RUN = "no_run"
    """The message named none."""
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    CRON = "cron"
    ENDED = "ended"
    STALE = "stale"
    AHEAD = "ahead"
    PENDING = "pending"
    HELD = "held"
    REVIVED = "revived"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


UNRELATED: Final = {Outcome.FOREIGN, Outcome.CRON, Outcome.STALE, Outcome.AHEAD}
"""What says nothing of the message that the run now waits for."""


async def reconcile(database: Database, callback: Callback, contracts: Contracts, *, alert: Alert | None) -> Outcome:
    """What was decided. Raises DependencyDown when the run would not stand still."""
    message = callback.message
    if message is None:
        return Outcome.NO_RUN
    for _ in range(LOOKS):
        outcome = await _once(database, message, callback.dlq_id, contracts, alert)
        if outcome is not None:
            return outcome
    raise DependencyDown("mongodb", f"the run moved {LOOKS} times while it was looked at", retry_after=2)


async def _once(
    database: Database, message: Message, dlq_id: str | None, contracts: Contracts, alert: Alert | None
) -> Outcome | None:
    """None if the run moved between being read and being changed."""
    run, now = await _look(database, message.run)
    if run is None:
        return Outcome.UNKNOWN
    outcome = _let_be(run, message, now, contracts)
    if dlq_id and outcome not in UNRELATED:
        await note_dead_letter(database, run, dlq_id)
    if outcome is not None:
        return outcome
    contract = contracts[run.job]
    verdict = verdict_on(run, now, tries=None if run.newest > contract.version else contract.tries)
    if verdict is None:
        return Outcome.REVIVED if await revive(database, run) else None
    ended = await finish(database, run, await end_of(run, verdict), alert=alert)
    return Outcome(verdict.value) if ended else None


def _let_be(run: Run, message: Message, now: int, contracts: Contracts) -> Outcome | None:
    """Why the run is left as it is, if it is."""
    contract = contracts.get(run.job)
    if contract is None or run.job != message.job:
        return Outcome.FOREIGN
    if contract.singleton:
        return Outcome.CRON
    if run.state in FINAL:
        return Outcome.ENDED
    if message.epoch != run.epoch or message.leg != run.leg:
        return Outcome.STALE if (message.leg, message.epoch) < (run.leg, run.epoch) else Outcome.AHEAD
    if run.state is State.PENDING:
        return Outcome.PENDING
    return Outcome.HELD if run.state is State.RUNNING and run.lease > now else None


async def _look(database: Database, run_id: str) -> tuple[Run | None, int]:
    """The run, and the store's clock when it was read."""
    stages: list[dict[str, Any]] = [{"$match": {"_id": run_id}}, {"$set": {"now": {"$toLong": "$$NOW"}}}]
    for document in await database.runs.aggregate(stages).to_list(1):
        return read(document), document["now"]
    return None, 0
