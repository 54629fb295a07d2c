"""The provider that AI_PROVIDER names. Only its own libraries are imported."""

from shared.ai.provider import Provider
from shared.clock import World
from shared.config import AISettings
from shared.threads import Threads


def provider(settings: AISettings, threads: Threads, world: World) -> Provider:
    if settings.ai_provider == "bedrock":
        from shared.ai.bedrock import Bedrock

        return Bedrock(settings, threads, world)
    from shared.ai.openai import OpenAI

    return OpenAI(settings)
