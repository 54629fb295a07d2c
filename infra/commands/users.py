"""`users erase`: closes the door behind a user, and accepts the job that removes what there is of them."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from infra.commands import exits
from infra.commands.asking import NAMED, Yes, agreed
from infra.commands.output import AsJson, as_json, display, facts, result, say
from infra.commands.running import WHO, CommandProcess, run
from infra.commands.stage import chosen
from infra.commands.started import waiting
from infra.commands.times import written
from shared.config import HousekeepingSettings, load

app = typer.Typer(no_args_is_help=True, help="Users: erase one.")

OWNED = ("documents", "uploads", "reports", "runs")
"""What is counted for whoever is asked."""


@app.callback()
def users() -> None:
    """Makes `erase` a command of its own although it is the only one."""


@app.command(context_settings=NAMED)
def erase(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="Their id or address.", show_default=False)],
    *,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Sign a user out for good and remove all that there is of them, everywhere. There is no way back."""
    found = run(context, lambda process: _found(process, user))
    if found is None:
        say(f"There is no user {user}.")
        raise typer.Exit(exits.NOT_SO)
    if not (yes and json):
        display(facts(found["facts"]), err=True)
    agreed(f"Erase this user of {chosen(context)}, and all of the above?", yes=yes)
    job, left = run(context, lambda process: _closed(process, found["id"]))
    if json:
        as_json({"user": found["id"], "run": job})
        return
    result(f"the door is closed; run {job} removes the rest: python -m infra runs show {job}")
    if left:
        say(left)


async def _found(process: CommandProcess, user: str) -> Mapping[str, Any] | None:
    users = process.database.users
    record = await users.find_one({"_id": user}) or await users.find_one({"email": user.lower()})
    if record is None:
        return None
    name = record["_id"]
    counts = [(what, str(await process.database[what].count_documents({"owner": name}))) for what in OWNED]
    since = written(record["created"], now=process.world.now()) if "created" in record else ""
    return {"id": name, "facts": [("id", name), ("address", record.get("email")), ("since", since), *counts]}


async def _closed(process: CommandProcess, user: str) -> tuple[str, str]:
    from functions.api import erasing

    wait = erasing.REQUESTS_END / load(HousekeepingSettings).time_scale
    job = await erasing.close(process.database, user, by=WHO, enqueuer=process.enqueuer, world=process.world, wait=wait)
    if job is None:
        say("Somebody else has erased them meanwhile.")
        raise typer.Exit(exits.NOT_SO)
    await process.enqueuer.hand_over(job)
    return job.id, await waiting(process, [job.id])
