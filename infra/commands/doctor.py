"""`doctor`: tries every credential, permission and service of a stage. Exit code 0 where all is well, 3 where not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from infra.commands import exits
from infra.commands.output import AsJson, as_json, display, result, table, word
from infra.commands.progress import spinner
from infra.commands.running import CommandProcess, run
from infra.commands.stage import chosen, service
from infra.doctor.model import Finding, State

Mail = Annotated[str, typer.Option("--mail", metavar="ADDRESS", help="Send one mail there, to see whether it arrives.")]


def doctor(context: typer.Context, *, mail: Mail = "", json: AsJson = False) -> None:
    """Try all that the stage stands on, end to end, and say how to mend what is wrong. Exit code 3: not well."""
    findings = run(context, lambda process: _examined(process, mail))
    well = all(one.state is not State.FAIL for one in findings)
    if json:
        as_json({"stage": chosen(context), "well": well, "checks": [asdict(one) for one in findings]})
    else:
        _show(findings)
    raise typer.Exit(exits.DONE if well else exits.NOT_SO)


async def _examined(process: CommandProcess, mail: str) -> Sequence[Finding]:
    from infra.doctor.aws import Aws
    from infra.doctor.checks import checks_of
    from infra.doctor.examining import examined
    from infra.doctor.patient import Patient

    declared = service(process.name)
    patient = Patient(process, declared, Aws(declared.region, local=process.name == "local"), mail_to=mail)
    try:
        with spinner("examining") as tell:
            return await examined(patient, checks_of(process.name), tell)
    finally:
        await patient.close()


def _show(findings: Sequence[Finding]) -> None:
    rows = [(one.check, word(one.state), one.seen, one.mend) for one in findings]
    display(table(("check", "is", "seen", "mend it by"), rows, loose=("seen", "mend it by"), folded=True))
    counts = Counter(one.state for one in findings)
    result(", ".join(f"{counts[state]} {state}" for state in State if counts[state]))
