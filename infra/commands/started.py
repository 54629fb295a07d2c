"""Starts a run from here, and follows it to its end: the work is the job's, in its Lambda, and a person watches.

Ctrl-C ends the watching alone. The run's record is all that is looked at, so that nothing depends on who publishes it.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from functions.registry import contracts
from infra.commands.output import say
from infra.commands.progress import spinner
from infra.commands.running import WHO, CommandProcess
from shared.contract import Contract, Payload
from shared.database import reachable
from shared.errors import RetryableError
from shared.runs.model import FINAL, Run, State, read

LOOK: Final = 1.0
"""Seconds between two looks."""


async def followed(process: CommandProcess, contract: Contract[Any], payload: Payload, *, owner: str = WHO) -> Run:
    """The run as it has ended. A look that fails is not the last one."""
    accepted = await process.enqueuer.enqueue(contract, payload, owner=owner)
    return await to_its_end(process, accepted.run.id)


async def to_its_end(process: CommandProcess, run_id: str) -> Run:
    say(f"run {run_id}; Ctrl-C leaves it going: python -m infra runs show {run_id}")
    if left := await waiting(process, [run_id]):
        say(left)
    with spinner("accepted") as tell:
        while True:
            try:
                async with reachable():
                    found = await process.database.runs.find_one({"_id": run_id})
            except RetryableError as error:
                tell(error.message)
            else:
                if found is None:
                    raise RetryableError(f"there is no run {run_id} any more")
                run = read(found)
                if run.state in FINAL:
                    return run
                tell(_standing(run))
            await process.world.sleep(LOOK)


def _standing(run: Run) -> str:
    tries = f", try {run.tries} of {contracts()[run.job].tries}" if run.tries > 1 else ""
    return f"{run.job} {run.state.value}{tries} {so_far(run)}"


def so_far(run: Run) -> str:
    """What its job says of how far it is (shared/runs/progress.py); empty where it says nothing."""
    if not run.progress:
        return ""
    done, total, what = (run.progress.get(name) for name in ("done", "total", "what"))
    return f"{done}{f' of {total}' if total else ''}{f' {what}' if what else ''}"


def outcome(run: Run) -> Any:
    """What its job has answered; None where it has not."""
    return json.loads(run.result or "null")


async def waiting(process: CommandProcess, runs: Iterable[str]) -> str:
    """Of these, how many the relay has to hand over: in words, empty where it is none."""
    ids = list(runs)
    left = await process.database.runs.count_documents({"_id": {"$in": ids}, "state": State.PENDING.value})
    if not left:
        return ""
    which = "it waits" if len(ids) == 1 else f"{left} of them wait"
    return f"{which} for the relay's next turn: QStash was not told of it from here"
