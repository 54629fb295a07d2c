"""`build`: each function's artifact, for the deployed platform. Progress on stderr, the table on stdout."""

from dataclasses import asdict
from typing import Annotated

import typer

from infra.artifacts import ARTIFACTS, Architecture, Artifact, CannotBuild, Target
from infra.artifacts import build as build_artifacts
from infra.artifacts.budgets import in_mb
from infra.commands import exits
from infra.commands.output import AsJson, as_json, display, say, table
from infra.commands.stage import ROOT


def build(
    functions: Annotated[
        list[str] | None, typer.Argument(metavar="[FUNCTION]..", help="All, if none is named.")
    ] = None,
    *,
    architecture: Annotated[Architecture, typer.Option(metavar="NAME", help="arm64 or x86_64.")] = "arm64",
    here: Annotated[bool, typer.Option("--here", help="For this machine and its Python: to try it.")] = False,
    json: AsJson = False,
) -> None:
    """Build the functions' zips in .local/artifacts; what has not changed is left as it is."""
    target = Target.here() if here else Target.deployed(architecture)
    try:
        made = build_artifacts(functions or None, target, out=ROOT / ARTIFACTS / target.name, say=say)
    except CannotBuild as error:
        say(str(error))
        raise typer.Exit(exits.FAILED) from error
    if json:
        as_json([asdict(one) for one in made.values()])
    else:
        display(table(("function", "MB zipped", "MB unzipped", "sha256"), [_row(one) for one in made.values()]))


def _row(artifact: Artifact) -> tuple[str, str, str, str]:
    return artifact.name, in_mb(artifact.zipped), in_mb(artifact.unzipped), artifact.digest[:12]
