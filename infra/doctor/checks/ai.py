"""The model answers: one token of it at Bedrock, the list of models elsewhere."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.model import Check, Finding, ok
from infra.doctor.patient import Patient
from shared.ai.providers import provider
from shared.config import AISettings

NAME: Final = "ai"


async def look(patient: Patient) -> Sequence[Finding]:
    settings = patient.settings(AISettings)
    by_role = settings.ai_provider == "bedrock" and not settings.ai_key.get_secret_value()
    if by_role:
        await patient.aws("sts", "get_caller_identity")  # without credentials there is nothing to try
    model = provider(settings, patient.process.threads, patient.process.world)
    try:
        await model.reach()
    finally:
        await model.close()
    whose = "; asked with your AWS credentials, not with the function's role" if by_role else ""
    return [ok(NAME, f"{model.id} answers{whose}")]


CHECK: Final = Check(
    NAME,
    look,
    mend="AI_MODEL, AI_KEY; at Bedrock the model's access in AI_REGION, and AWS_PROFILE of who may invoke it",
)
