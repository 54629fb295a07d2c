"""Long work: an effect in each of two legs."""

from shared.context import Continue, JobContext
from tests.chaos.jobs.contracts import LEGS, Errand
from tests.chaos.jobs.wiring import Tell, chaos_job


@chaos_job(LEGS)
async def handler(_: Errand, context: JobContext[Tell]) -> Continue | None:
    await context.services(context.key, f"{context.key}:{context.run.leg}")
    return Continue({"after": 0}) if context.cursor is None else None
