"""A job with a heartbeat, and so with a lease that is over soon enough to be waited for."""

from shared.context import JobContext
from tests.chaos.jobs.contracts import VIGIL, Errand
from tests.chaos.jobs.wiring import Tell, chaos_job


@chaos_job(VIGIL)
async def handler(_: Errand, context: JobContext[Tell]) -> None:
    await context.services(context.key, context.key)
