"""A job with the fault that the fixture is there to find: its effect has another key each time."""

from shared.context import JobContext
from tests.chaos.jobs.contracts import CARELESS, Errand
from tests.chaos.jobs.wiring import Tell, chaos_job


@chaos_job(CARELESS)
async def handler(_: Errand, context: JobContext[Tell]) -> None:
    await context.services(context.key, context.world.token())
