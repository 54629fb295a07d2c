"""What may differ between stages: this list. All else is the same in every stage.

A secret is a reference, which differs in the stage's name alone. What the local stage takes from its environment is
compared by its default, `${env:NAME, 'default'}`; where it has none, the stack says where it has put that service.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.parity.model import SECRETS, Difference, Repository

MAY_DIFFER: Final[Mapping[str, str]] = {
    "REGION": "where the stage runs",
    "LOG_LEVEL": "how much it says",
    "LOG_RETENTION_DAYS": "for how long that is kept",
    "ALARM_EMAIL": "who is told by CloudWatch",
    "SECRETS_VERSION": "each stage's secret is rotated by itself",
    "DELIVERY_URL": "custom domains are the stage's own",
    "MONGODB_DATABASE": "one database a stage",
    "QSTASH_URL": "the region of the stage's account",
    "QSTASH_MAX_RETRIES": "the plan of the stage's account",
    "MAIL_FROM": "a name that tells the stage",
    "MAIL_OPERATORS": "who is told by the bundle",
    "ALERT_WEBHOOK_URL": "where operators are told besides",
    "APP_URL": "custom domains are the stage's own",
    "CORS_ORIGINS": "whose pages call the stage's API",
    "STORAGE_ENDPOINT": "a project a stage, at Supabase",
    "STORAGE_REGION": "that project's region",
    "STORAGE_BUCKET": "one bucket a stage",
    "AI_REGION": "near where the stage runs",
    "AI_TOKENS_A_DAY": "what a stage may cost",
}
"""With the reason."""
LOCALLY: Final[Mapping[str, str]] = {
    "POWERTOOLS_TRACE_DISABLED": "there is no X-Ray",
    "RESEND_API_URL": "the stack's own server",
    "AI_MODEL": "the stack's own model",
}
"""What may differ in the local stage, and in no other, with the reason."""

_OUTSIDE: Final = re.compile(r"\$\{env:\w+(?:, '(.*)')?\}")
_REFERENCE: Final = "{{resolve:secretsmanager:millrace/"


def values(repository: Repository) -> Iterator[Difference]:
    """`prod` is what the others are compared with."""
    model = repository.stages["prod"]
    for stage, content in repository.stages.items():
        may = MAY_DIFFER.keys() | (_only_locally(model) if stage == "local" else set())
        for name in sorted((content.keys() & model.keys()) - may):
            one, other = _comparable(content[name], stage), _comparable(model[name], "prod")
            if one is not None and one != other:
                yield Difference(f"infra/stages/{stage}.yml", f"{name} is not what it is in prod, and may not differ")


def _only_locally(model: Mapping[str, Any]) -> set[str]:
    """With every secret: there is no Secrets Manager."""
    return {*LOCALLY, *SECRETS, *(name for name, value in model.items() if _REFERENCE in str(value))}


def _comparable(value: Any, stage: str) -> str | None:
    """None where only the environment knows it."""
    text = str(value)
    if (found := _OUTSIDE.fullmatch(text)) is not None:
        default: str | None = found[1]
        return default
    return text.replace(f"{_REFERENCE}{stage}:", f"{_REFERENCE}STAGE:")
