"""The account can reserve what the functions want, and leaves the API enough.

AWS keeps 100 of an account's concurrent executions unreserved, and a new account may have no more than 10 in all: the
deploy then fails at the first function that reserves some.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from collections.abc import Sequence
from typing import Final

from infra.doctor.aws import AwsRefused
from infra.doctor.model import Check, Finding, fail, ok, warn
from infra.doctor.patient import Patient

NAME: Final = "concurrency"
KEPT: Final = 100
QUOTA: Final = "Service Quotas, AWS Lambda, Concurrent executions (L-B99A9384)"


async def look(patient: Patient) -> Sequence[Finding]:
    limits = (await patient.aws("lambda", "get_account_settings"))["AccountLimit"]
    all_, free = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    reserved = sum(entry.reserved_concurrency or 0 for entry in patient.service.entries.values())
    seen = f"the account takes {all_} at once, {free} of them unreserved; this stage reserves {reserved}"
    if reserved + KEPT > all_:
        return [fail(NAME, f"{seen}, and AWS keeps {KEPT}", f"ask for {reserved + KEPT} or more: {QUOTA}")]
    if free - reserved < KEPT and not await _is_deployed(patient):
        more = all_ - free + reserved + KEPT
        return [fail(NAME, f"{seen}, others {all_ - free}, and AWS keeps {KEPT}", f"ask for {more} or more: {QUOTA}")]
    if free < KEPT:
        return [warn(NAME, f"{seen}: little is left for the API", f"ask for more: {QUOTA}")]
    return [ok(NAME, seen)]


async def _is_deployed(patient: Patient) -> bool:
    """Whether what this stage reserves is taken out of `free` already: of several stages one account has to do."""
    name = next(name for name, entry in patient.service.entries.items() if entry.reserved_concurrency)
    try:
        told = await patient.aws("lambda", "get_function_concurrency", FunctionName=patient.service.deployed_name(name))
    except AwsRefused as error:
        if error.data["code"] == "ResourceNotFoundException":
            return False
        raise
    return "ReservedConcurrentExecutions" in told


CHECK: Final = Check(NAME, look, mend=QUOTA, after="aws")
