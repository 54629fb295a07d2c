"""Makes all checks at once, each with an end, so that one service that is silent hides nothing of the others.

look ──┬─ findings                              as they are
       ├─ NotTried                              not tried, and why
       ├─ an error of ours, or no end in time   fail, with the check's own word of how to mend it
       └─ any other exception                   fail: the check itself is wrong, and says where

One that comes after another begins when that has ended, and is not tried where that found no way in.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from infra.doctor.model import Check, Finding, NotTried, State, fail
from infra.doctor.patient import Patient
from shared import deadline
from shared.errors import MillraceError
from shared.told import told, where

OVERTIME: Final = 0.5
"""Seconds by which a check may miss its deadline before it is cut off, which tells less of why."""
LONGEST: Final = 300
"""Characters of an error."""


async def examined(patient: Patient, checks: Sequence[Check], tell: Callable[[str], None]) -> Sequence[Finding]:
    """In the order of the checks; `tell` hears how far it is."""
    pending = dict.fromkeys(check.name for check in checks)
    tasks: dict[str, asyncio.Task[Sequence[Finding]]] = {}

    async def one(check: Check) -> Sequence[Finding]:
        before = await tasks[check.after] if check.after in tasks else ()
        if any(finding.state in {State.FAIL, State.UNTRIED} for finding in before):
            found: Sequence[Finding] = [Finding(check.name, State.UNTRIED, f"see {check.after}")]
        else:
            found = await _examined(patient, check)
        del pending[check.name]
        tell(f"{len(checks) - len(pending)} of {len(checks)}; {', '.join(pending)}")
        return found

    async with asyncio.TaskGroup() as group:
        for check in checks:
            tasks[check.name] = group.create_task(one(check))
    return [_of(patient.stage, finding) for task in tasks.values() for finding in task.result()]


def _of(stage: str, finding: Finding) -> Finding:
    return replace(finding, mend=finding.mend.replace("{stage}", stage))


async def _examined(patient: Patient, check: Check) -> Sequence[Finding]:
    try:
        with deadline.within(check.limit, patient.process.world.monotonic):
            async with asyncio.timeout(check.limit + OVERTIME):
                return await check.look(patient)
    except NotTried as untried:
        return [Finding(check.name, State.UNTRIED, untried.why, untried.mend)]
    except TimeoutError:
        return [fail(check.name, f"no answer in {check.limit:g} s", check.mend)]
    except MillraceError as error:
        return [fail(check.name, told(error, LONGEST), check.mend)]
    except Exception as fault:  # noqa: BLE001 - a fault in one check must not hide what the others find
        return [fail(check.name, f"the check itself fails: {type(fault).__name__} at {where(fault)}", check.mend)]
