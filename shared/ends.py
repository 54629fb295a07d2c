"""Ends a run that a delivery may no longer work on: exhausted, expired or cancelled (case 14).

A crashed attempt may have had its effect before the cancellation was seen. A job that can tell looks at its own
records (`Evidence`): if the effect is there, `succeeded` wins. One that can't says so in the run's reason.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from shared import answers
from shared.answers import Answer
from shared.database import Database, reachable
from shared.runs.claim import Verdict
from shared.runs.finish import Alert, End, finish
from shared.runs.model import Run, State

Evidence = Callable[[Run], Awaitable[str | None]]
"""The result (JSON) of an effect that has happened for this run, or None."""

REASONS: Final = {
    Verdict.EXPIRED: "expired: older than its contract allows",
    Verdict.EXHAUSTED: "exhausted: every try is used up, the last ones without a word",
}


async def end_refused(
    database: Database, run: Run, verdict: Verdict, *, alert: Alert | None, evidence: Evidence | None
) -> Answer:
    """Finish the run as its verdict says, and answer for it; 503 if it moved meanwhile, to be looked at anew."""
    end = await end_of(run, verdict, evidence)
    async with reachable():
        ended = await finish(database, run, end, alert=alert)
    if ended is None:
        return answers.later("moved", 2)
    return answers.never(verdict.value) if ended.state is State.FAILED else answers.done(ended.state.value)


def verdict_on(run: Run, now: int) -> Verdict | None:
    """How a run ends that nobody works on, where its job need not be asked; `now` is the store's clock.

    A cancelled run with an interrupted attempt goes on to its next claim, while there may be one: its job may have
    evidence of the effect.
    """
    expired = run.ends_by <= now
    if run.cancel and (expired or not run.interrupted):
        return Verdict.CANCELLED
    return Verdict.EXPIRED if expired else None


async def end_of(run: Run, verdict: Verdict, evidence: Evidence | None = None) -> End:
    """What its record will say of how it ended."""
    result = await evidence(run) if evidence and run.interrupted else None
    if result is not None:
        return End(state=State.SUCCEEDED, reason=f"succeeded before it was {verdict.value}", result=result)
    if verdict is Verdict.CANCELLED:
        unsure = "; an interrupted attempt may have had its effect" if run.interrupted and evidence is None else ""
        return End(state=State.CANCELLED, reason=f"cancelled on request{unsure}")
    reason = REASONS[verdict]
    return End(state=State.FAILED, reason=reason, error={"code": verdict.value, "message": reason})
