"""CloudWatch keeps each function's log for as long as the stage's file says, and no longer."""

from collections.abc import Sequence
from typing import Final

from infra.commands.stage import ROOT
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient
from infra.local.serverless import load_document

NAME: Final = "logs"


async def look(patient: Patient) -> Sequence[Finding]:
    days = int(load_document(ROOT / f"infra/stages/{patient.stage}.yml")["LOG_RETENTION_DAYS"])
    prefix = f"/aws/lambda/{patient.service.deployed_name('')}"
    answer = await patient.aws("logs", "describe_log_groups", logGroupNamePrefix=prefix)
    kept = {one["logGroupName"].removeprefix(prefix): one.get("retentionInDays") for one in answer["logGroups"]}
    absent = sorted(name for name in patient.service.entries if name not in kept)
    other = sorted(name for name, found in kept.items() if name in patient.service.entries and found != days)
    if absent or other:
        said = [f"no log group of {', '.join(absent)}"] if absent else []
        said += [f"not kept for {days} days: {', '.join(other)}"] if other else []
        return [fail(NAME, "; ".join(said), CHECK.mend)]
    return [ok(NAME, f"{len(patient.service.entries)} groups, kept for {days} days")]


CHECK: Final = Check(NAME, look, mend="`make deploy STAGE={stage}`: serverless.yml declares it", after="aws")
