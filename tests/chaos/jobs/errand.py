"""Two effects, each under a key of its own, and a follow-up."""

from shared.context import JobContext
from tests.chaos.jobs.contracts import ERRAND, NOTE, Errand, Note
from tests.chaos.jobs.wiring import Tell, chaos_job


@chaos_job(ERRAND)
async def handler(payload: Errand, context: JobContext[Tell]) -> dict[str, str]:
    await context.services(context.key, f"{context.key}:first")
    await context.services(context.key, f"{context.key}:second")
    context.enqueue(NOTE, Note(of=context.key))
    return {"ran": payload.tag}
