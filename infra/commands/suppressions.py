"""`suppressions list | lift`: the addresses that no mail is sent to any more, and the way back."""

from dataclasses import asdict
from typing import Annotated

import typer

from infra.commands import exits
from infra.commands.asking import Yes, agreed
from infra.commands.output import AsJson, as_json, display, result, say, table, word
from infra.commands.running import WHO, CommandProcess, run
from infra.commands.stage import chosen
from infra.commands.times import ago
from shared.mail import suppressions
from shared.mail.suppressions import Suppression

app = typer.Typer(no_args_is_help=True, help="Addresses that bounced or complained, and get no more mail.")


@app.command("list")
def several(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: AsJson = False,
) -> None:
    """The latest first."""

    async def work(process: CommandProcess) -> tuple[list[Suppression], float]:
        return list(await suppressions.page(process.database, limit=limit)), process.world.now()

    found, now = run(context, work)
    if json:
        as_json([asdict(one) for one in found])
    elif found:
        rows = [(one.address, word(one.state), ago(one.since, now=now), one.run) for one in found]
        display(table(("address", "because it", "since", "run"), rows, loose=("run",)))
    else:
        result("no address is suppressed")


@app.command()
def lift(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False)],
    *,
    yes: Yes = False,
) -> None:
    """Write to an address again, whose owner can be reached and wants it. Exit code 3: it is not suppressed."""
    agreed(f"Send mail of {chosen(context)} to {address} again?", yes=yes)

    async def work(process: CommandProcess) -> bool:
        return await suppressions.lift(process.database, address, by=WHO, now=process.world.now())

    if not run(context, work):
        say(f"{address} is not suppressed.")
        raise typer.Exit(exits.NOT_SO)
    result(f"{address} gets mail again")
