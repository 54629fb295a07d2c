"""Whose AWS account the rest is asked of."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.model import Check, Finding, ok
from infra.doctor.patient import Patient

NAME: Final = "aws"


async def look(patient: Patient) -> Sequence[Finding]:
    who = await patient.aws("sts", "get_caller_identity")
    return [ok(NAME, f"account {who['Account']}, {patient.aws.region}, as {who['Arn'].rpartition(':')[2]}")]


CHECK: Final = Check(NAME, look, mend="AWS_PROFILE, and the network")
