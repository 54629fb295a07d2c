"""`sbom`: what each function's artifact carries, for whoever must know what runs."""

from typing import Annotated

import typer

from infra.artifacts import ARTIFACTS, Architecture, CannotBuild, Target, build, sbom
from infra.artifacts.lock import locked
from infra.commands import exits
from infra.commands.output import result, say
from infra.commands.stage import ROOT


def write(
    *, architecture: Annotated[Architecture, typer.Option(metavar="NAME", help="arm64 or x86_64.")] = "arm64"
) -> None:
    """Write NAME.cdx.json (CycloneDX) beside each function's zip, which is built first if it has changed."""
    target = Target.deployed(architecture)
    lock = locked(ROOT / "requirements.txt", target.markers)
    try:
        made = build(None, target, out=ROOT / ARTIFACTS / target.name, say=say)
    except CannotBuild as error:
        say(str(error))
        raise typer.Exit(exits.FAILED) from error
    for artifact in made.values():
        result(str(sbom.write(artifact, lock).relative_to(ROOT)))
