"""`runs list | show | tail | replay | cancel | purge`: what the stage's jobs have done, and what is done about it."""

import typer

from infra.commands.asking import NAMED
from infra.commands.runs.asked import cancel, purge, replay
from infra.commands.runs.listing import several
from infra.commands.runs.showing import show
from infra.commands.runs.tailing import tail

app = typer.Typer(no_args_is_help=True, help="Runs of jobs: look at them, follow them, replay, cancel, purge.")
app.command("list")(several)
app.command(context_settings=NAMED)(show)
app.command()(tail)
app.command(context_settings=NAMED)(replay)
app.command(context_settings=NAMED)(cancel)
app.command(context_settings=NAMED)(purge)
