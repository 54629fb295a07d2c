"""The commands: `python -m infra --help`. What they do to a deployed stage is written in docs/command-line.md."""

import sys
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from infra.commands import (
    blobs,
    bootstrap,
    build,
    doctor,
    exits,
    health,
    keys,
    local,
    parity,
    runs,
    sbom,
    schedules,
    search,
    suppressions,
    templates,
    users,
)
from infra.commands.stage import STAGES, stage_first
from shared.config import Stage

PROGRAM: Final = "python -m infra"
WORD: Final = "millrace"
"""The same by one word (infra/millrace): a shell completes the arguments of a word, and of nothing else."""


class Commands(TyperGroup):
    """Ctrl-C at a question, or where no loop runs, is an interrupt like any other; typer would say 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            raise exits.Interrupted from None


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=True, pretty_exceptions_show_locals=False)


@app.callback()
def on(
    context: typer.Context,
    *,
    stage: Annotated[Stage, typer.Option(metavar="NAME", envvar="STAGE", help=f"{', '.join(STAGES)}.")] = "local",
) -> None:
    """Millrace at the command line. Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 not as hoped, 130 interrupted."""
    context.obj = stage


app.command("dev", rich_help_panel="Here")(local.dev)
app.command("demo", rich_help_panel="Here")(local.demo)
app.add_typer(templates.app, name="templates", rich_help_panel="Here")
app.command("build", rich_help_panel="Ship")(build.build)
app.command("sbom", rich_help_panel="Ship")(sbom.write)
app.command("bootstrap", rich_help_panel="Ship")(bootstrap.bootstrap)
app.command("doctor", rich_help_panel="Ship")(doctor.doctor)
app.command("parity", rich_help_panel="Ship")(parity.parity)
app.command("health")(health.health)
app.add_typer(runs.app, name="runs")
app.add_typer(schedules.app, name="schedules")
app.add_typer(search.app, name="search")
app.add_typer(blobs.app, name="blobs")
app.add_typer(keys.app, name="keys")
app.add_typer(suppressions.app, name="suppressions")
app.add_typer(users.app, name="users")


def main(program: str = PROGRAM) -> None:
    completing = {"--show-completion", "--install-completion"} & set(sys.argv)
    app(stage_first(sys.argv[1:]), prog_name=WORD if completing else program)


if __name__ == "__main__":
    main()
