"""How runs are chosen on a command line: the options that list, replay, cancel and purge share."""

import time
from typing import Annotated

import typer

from infra.commands.output import say
from infra.commands.stage import ROOT
from infra.commands.times import moment
from shared.runs.model import State
from shared.runs.selecting import Filter


def job_names() -> list[str]:
    """Of this bundle, by their folders: nothing is imported for a shell's completion."""
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/contract.py"))


def _moment(text: str) -> int:
    try:
        return moment(text, now=time.time())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Status = Annotated[
    list[State] | None,
    typer.Option("--status", metavar="STATE", show_default=False, help=f"May be repeated: {', '.join(State)}."),
]
Job = Annotated[str | None, typer.Option("--job", metavar="NAME", autocompletion=job_names, help="Of this job.")]
Owner = Annotated[str | None, typer.Option("--owner", metavar="ID", help="Of this user or key (key:..).")]
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="Whose last error has this code.")]
Since = Annotated[
    int | None, typer.Option("--since", parser=_moment, metavar="TIME", help="Accepted since: 2h, 3d, 2026-11-30.")
]
Until = Annotated[
    int | None, typer.Option("--until", parser=_moment, metavar="TIME", help="Accepted before, written likewise.")
]


def wanted(
    *,
    status: list[State] | None,
    job: str | None,
    owner: str | None,
    code: str | None,
    since: int | None,
    until: int | None,
) -> Filter:
    return Filter(states=tuple(status or ()), job=known(job), owner=owner, code=code, since=since, until=until)


def known(job: str | None) -> str | None:
    """Says so where a job is not of this bundle: it may be gone, or mistyped."""
    if job is not None and job not in job_names():
        say(f"There is no job {job} in this bundle; there are {', '.join(job_names())}.")
    return job
