"""Runs: first they end, whatever they are doing; later their records go, with payload, cursor, result and error.

    pending, queued, retrying          cancelled, by compare-and-set
    running, its lease over            the same: whoever held it is dead
    running                            asked to stop, and waited for: NotYet, until it has settled or its lease is over
    an end that begins others          those are found by the next look, before anything else is removed

A run that has ended writes nothing any more, so that what is removed after this stays away. The messages of those that
were cancelled are taken back from QStash; one that is delivered all the same finds no run, and is told to wait for it.
"""

from contextlib import suppress
from typing import Any, Final

from functions.erase_user.places.place import PAGE, NotYet
from functions.erase_user.services import Context
from shared.database import reachable
from shared.errors import RetryableError
from shared.runs.finish import End, finish
from shared.runs.model import FINAL, Run, State, read
from shared.runs.revive import cancel

BY: Final = "erasure"
ENDED: Final = End(state=State.CANCELLED, reason="cancelled: its owner is being erased")


async def end_runs(user: str, context: Context) -> int:
    """How many were cancelled. Raises NotYet while one is being worked on."""
    database = context.services.database
    async with reachable():
        live = await database.runs.find(_live(user)).limit(PAGE).to_list(PAGE)
    ended = [await _end(read(record), context) for record in live]
    if live and not any(ended):
        raise NotYet("a run of theirs is being worked on")
    return sum(ended)


async def remove_runs(user: str, context: Context) -> int:
    database = context.services.database
    ended = {"owner": user, "state": {"$in": [state.value for state in FINAL]}}
    async with reachable():
        page = await database.runs.find(ended, {"_id": 1}).limit(PAGE).to_list(PAGE)
        if not page:
            return 0
        ids = [record["_id"] for record in page]
        return (await database.runs.delete_many({"_id": {"$in": ids}, **ended})).deleted_count


async def runs_left(user: str, context: Context) -> int:
    """Whether there is one, whatever its state: 1 or 0."""
    async with reachable():
        return await context.services.database.runs.count_documents({"owner": user}, limit=1)


def _live(user: str) -> dict[str, Any]:
    return {"owner": user, "state": {"$nin": [state.value for state in FINAL]}}


async def _end(run: Run, context: Context) -> bool:
    """False where it is being worked on, or has moved since it was read."""
    database = context.services.database
    async with reachable():
        ended = await finish(database, run, ENDED, alert=None)
        if ended is None:
            await cancel(database, run, by=BY)
            return False
    if run.message_id:
        with suppress(RetryableError):
            await context.services.take_back(run.message_id)
    return True
