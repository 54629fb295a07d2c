"""The errand's follow-up: one effect that counts as the errand's."""

from shared.context import JobContext
from tests.chaos.jobs.contracts import NOTE, Note
from tests.chaos.jobs.wiring import Tell, chaos_job


@chaos_job(NOTE)
async def handler(payload: Note, context: JobContext[Tell]) -> None:
    await context.services(payload.of, context.key)
