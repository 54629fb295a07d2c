"""Ends a run that a delivery may no longer work on: exhausted, expired or cancelled (case 14).

A crashed attempt may have had its effect. A job that can tell looks at its own records (`Evidence`): if the effect is
there, `succeeded` wins. Without such evidence the run's reason says that it can't be known.
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
"""The result (JSON) of an effect that has surely happened for this run; None where that is not known."""

CLAIM_DECIDES_MS: Final = 24 * 3_600_000
UNSURE: Final = "; an interrupted attempt may have had its effect"
REASONS: Final = {
    Verdict.CANCELLED: "cancelled on request",
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


def verdict_on(run: Run, now: int, *, tries: int | None = None) -> Verdict | None:
    """How a run ends that nobody works on; None where it goes on. `now` is the store's clock, `tries` its budget.

    A run with an interrupted attempt goes on to its next claim, whatever else is true of it, because only there its
    job is asked for evidence of the effect. That claim may never come, so a day after its time the run ends without.
    """
    if run.interrupted and now < run.ends_by + CLAIM_DECIDES_MS:
        return None
    if run.cancel:
        return Verdict.CANCELLED
    if run.ends_by <= now:
        return Verdict.EXPIRED
    return Verdict.EXHAUSTED if tries is not None and run.tries >= tries else None


async def end_of(run: Run, verdict: Verdict, evidence: Evidence | None = None) -> End:
    """The run's end: succeeded if its job has evidence of the effect, else what the verdict says."""
    result = await evidence(run) if evidence and run.interrupted else None
    if result is not None:
        return End(state=State.SUCCEEDED, reason=f"succeeded before it was {verdict.value}", result=result)
    reason = f"{REASONS[verdict]}{UNSURE if run.interrupted else ''}"
    if verdict is Verdict.CANCELLED:
        return End(state=State.CANCELLED, reason=reason)
    return End(state=State.FAILED, reason=reason, error={"code": verdict.value, "message": reason})
