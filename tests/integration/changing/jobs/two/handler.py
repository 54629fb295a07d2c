"""Greets by both names, and counts its legs in a cursor that says so."""

from functions.bundle import job
from shared.context import Continue, JobContext
from shared.database import Database, reachable
from shared.errors import RetryableError

from .contract import CONTRACT, Greet


@job(CONTRACT, services=lambda process: process.database)
async def handler(payload: Greet, context: JobContext[Database]) -> str | Continue:
    if payload.way == "stumbling" and context.run.tries == 1:
        raise RetryableError("it stumbles", retry_after=1)
    legs: int = context.cursor["legs"] if context.cursor else 0
    if payload.way == "at length" and legs < 2:
        return Continue({"legs": legs + 1})
    greeting = f"Hello, {payload.given} {payload.family}"
    done = {"$set": {"greeting": greeting}, "$inc": {"times": 1}, "$push": {"by": CONTRACT.version}}
    async with reachable():
        await context.services.greetings.update_one({"_id": context.key}, done, upsert=True)
    return greeting
