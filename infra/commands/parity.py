"""`parity`: what the repository says of its configuration, compared. Exit code 0 where all is alike, 3 where not."""

from dataclasses import asdict

import typer

from infra.commands import exits
from infra.commands.output import AsJson, as_json, display, result, say, table
from infra.commands.stage import ROOT


def parity(*, json: AsJson = False) -> None:
    """Compare settings, stage files, example, serverless.yml and their page. Exit code 3: there is a difference."""
    from infra.local.serverless import ServerlessError
    from infra.parity.comparing import differences

    try:
        found = differences(ROOT)
    except ServerlessError as error:
        say(str(error))
        raise typer.Exit(exits.FAILED) from error
    if json:
        as_json([asdict(one) for one in found])
    elif found:
        display(
            table(("where", "difference"), [(one.where, one.what) for one in found], loose=("difference",), folded=True)
        )
    else:
        result("all alike")
    raise typer.Exit(exits.NOT_SO if found else exits.DONE)
