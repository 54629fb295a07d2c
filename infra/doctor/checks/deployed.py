"""Every function is deployed as serverless.yml says: runtime, processor, time, memory, reserved concurrency."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.doctor.aws import AwsRefused
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient

NAME: Final = "deployed"


async def look(patient: Patient) -> Sequence[Finding]:
    names = list(patient.service.entries)
    found = [await _found(patient, name) for name in names]  # one by one: AWS counts calls a second
    faults = [
        f"{name}: {fault}" for name, there in zip(names, found, strict=True) for fault in _faults(patient, name, there)
    ]
    if faults:
        return [fail(NAME, fault, CHECK.mend) for fault in faults]
    return [ok(NAME, f"{len(names)} functions, {patient.service.runtime} on {patient.service.architecture}")]


async def _found(patient: Patient, name: str) -> Mapping[str, Any] | None:
    deployed = patient.service.deployed_name(name)
    try:
        told = await patient.aws("lambda", "get_function_configuration", FunctionName=deployed)
        reserved = await patient.aws("lambda", "get_function_concurrency", FunctionName=deployed)
    except AwsRefused as error:
        if error.data["code"] == "ResourceNotFoundException":
            return None
        raise
    return {**told, "ReservedConcurrency": reserved.get("ReservedConcurrentExecutions")}


def _faults(patient: Patient, name: str, there: Mapping[str, Any] | None) -> Sequence[str]:
    if there is None:
        return ["not there"]
    entry, service = patient.service.entries[name], patient.service
    wanted = {
        "Runtime": service.runtime,
        "Architectures": [service.architecture],
        "Timeout": entry.timeout,
        "MemorySize": entry.memory_size,
        "ReservedConcurrency": entry.reserved_concurrency,
    }
    faults = [f"{key} is {there.get(key)}, not {value}" for key, value in wanted.items() if there.get(key) != value]
    # Inactive is one that nobody has called for weeks: the next call wakes it.
    return [*faults, *(["its deploy failed"] if there.get("State") == "Failed" else [])]


CHECK: Final = Check(
    NAME, look, mend="`make deploy STAGE={stage}`: what is deployed is not what is here", limit=40.0, after="aws"
)
