"""CloudFormation's stack is there, and its last change went well."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.aws import AwsRefused
from infra.doctor.model import Check, Finding, fail, ok, warn
from infra.doctor.patient import Patient

NAME: Final = "stack"
GOOD: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"})
BACK: Final = "UPDATE_ROLLBACK_COMPLETE"


async def look(patient: Patient) -> Sequence[Finding]:
    name = patient.service.stack
    try:
        answer = await patient.aws("cloudformation", "describe_stacks", StackName=name)
    except AwsRefused as error:
        if error.data["code"] == "ValidationError":  # how CloudFormation says that there is none
            return [fail(NAME, f"no {name} in {patient.aws.region}", CHECK.mend)]
        raise
    status = answer["Stacks"][0]["StackStatus"]
    if status in GOOD:
        return [ok(NAME, f"{name}: {status}")]
    if status == BACK:
        return [warn(NAME, f"{name}: {status}: the version before the last deploy is what runs", CHECK.mend)]
    return [fail(NAME, f"{name}: {status}", CHECK.mend)]


CHECK: Final = Check(
    NAME,
    look,
    mend="`make deploy STAGE={stage}`; what went wrong stands in the stack's events (CloudFormation's console)",
    after="aws",
)
