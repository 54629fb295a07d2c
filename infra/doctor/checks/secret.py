"""The stage's secret has, in the version that is deployed, every key that the stage's file refers to.

Where the same variable is known here as well it should hold the same: else what the other checks have tried is not what
the functions have. Values are compared, and told to nobody.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from infra.commands.stage import ROOT
from infra.doctor.aws import AwsRefused
from infra.doctor.model import Check, Finding, fail, ok, warn
from infra.doctor.patient import Patient
from infra.local.serverless import load_document
from shared.config import LOCAL_ONLY

NAME: Final = "secret"
REFERENCE: Final = re.compile(r"\{\{resolve:secretsmanager:[^:]+:SecretString:(\w+)::")


async def look(patient: Patient) -> Sequence[Finding]:
    file = load_document(ROOT / f"infra/stages/{patient.stage}.yml")
    wanted = {key: name for name, value in file.items() for key in REFERENCE.findall(str(value))}
    name, version = f"{patient.service.name}/{patient.stage}", str(file["SECRETS_VERSION"])
    try:
        told = await patient.aws("secretsmanager", "get_secret_value", SecretId=name, VersionId=version)
    except AwsRefused as error:
        if error.data["code"] == "ResourceNotFoundException":
            return [fail(NAME, f"no {name} with the version {version}", CHECK.mend)]
        raise
    held = _held(told.get("SecretString", ""))
    if held is None:
        return [fail(NAME, f"{name}, version {version}, is no JSON object of texts", CHECK.mend)]
    return _judged(held, wanted, patient.environ, seen=f"{name}, version {version}")


def _held(text: str) -> Mapping[str, str] | None:
    """None where CloudFormation would find no texts in it. Of a fault nothing is quoted: it is a secret."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        return None
    return found


def _judged(
    held: Mapping[str, str], wanted: Mapping[str, str], environ: Mapping[str, str], *, seen: str
) -> Sequence[Finding]:
    if missing := sorted(key for key in wanted if not held.get(key)):
        return [fail(NAME, f"{seen}: without {', '.join(missing)}", CHECK.mend)]
    if known := sorted(key for key in wanted if any(value in held[key] for value in LOCAL_ONLY)):
        return [fail(NAME, f"{seen}: everybody knows what is in {', '.join(known)}", CHECK.mend)]
    other = sorted(key for key, name in wanted.items() if environ.get(name, held[key]) != held[key])
    if other:
        return [warn(NAME, f"{seen}: another {', '.join(other)} than here", "the environment, or .env.STAGE, of here")]
    return [ok(NAME, f"{seen}: {len(wanted)} keys")]


CHECK: Final = Check(
    NAME,
    look,
    mend="aws secretsmanager put-secret-value, with SECRETS_VERSION as its token (docs/deploy.md)",
    after="aws",
)
