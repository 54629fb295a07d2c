"""What a mail to the operators tells: every run of one job that failed in one window, and a few of them in full."""

from typing import Any, Final

from functions.send_email.contract import FailureDigest
from functions.send_email.mails import FailedRun, JobFailed
from shared.database import Database, reachable
from shared.runs.model import Run, State, instant, milliseconds, read

SAMPLES: Final = 10


async def digest(database: Database, asked: FailureDigest, *, app: str, stage: str) -> JobFailed | None:
    """The mail, counted now; None when every such run has been replayed meanwhile."""
    window = {"$gte": milliseconds(asked.since), "$lt": milliseconds(asked.until)}
    failed = {"job": asked.job, "state": State.FAILED.value, "finished": window}
    async with reachable():
        count = await database.runs.count_documents(failed)
        first = database.runs.find(failed).sort("finished").limit(SAMPLES)
        samples = tuple([_sample(read(document)) async for document in first])
    if not count or not samples:
        return None
    return JobFailed(
        app=app,
        stage=stage,
        job=asked.job,
        since=asked.since,
        until=asked.until,
        count=max(count, len(samples)),
        samples=samples,
    )


def _sample(run: Run) -> FailedRun:
    return FailedRun(run=run.id, reason=reason(run.reason, run.error), at=instant(run.finished or 0))


def reason(ended: str | None, error: Any) -> str:
    """Why a run ended and what it met: both are words of ours, never an exception's own text (shared/work.py)."""
    met = str(error.get("message") or "") if isinstance(error, dict) else ""
    words = ended or "no reason was recorded"
    if met.startswith(words):
        return met
    return f"{words}: {met}" if met else words
