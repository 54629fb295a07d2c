"""Every part of the configuration can be loaded, and every secret in it is one that proves something."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from functions.email_events.verifying import Verifier
from infra.commands.stage import missing
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import PREFIX, Patient
from shared.config import (
    AlertWebhookSettings,
    MailEventSettings,
    Part,
    TokenSettings,
    VerifySettings,
    load,
)
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.signing_keys import checked_key
from shared.tokens import key_ring
from shared.webhooks.signing import key_of

NAME: Final = "settings"
PARTS: Final = tuple(part for part in Settings.__mro__ if issubclass(part, Part) and part.__base__ is Part)
UNKNOWN: Final = "https://known.at.the.deploy.invalid"
"""For addresses that CloudFormation makes up, and that nobody else has to give."""


async def look(patient: Patient) -> Sequence[Finding]:
    made = {name.lower(): UNKNOWN for name in _made(patient) if not patient.environ.get(name)}
    faults = [*_unloadable(made), *_unproven(patient)]
    if faults:
        return [fail(NAME, fault, missing(patient.process.name)) for fault in dict.fromkeys(faults)]
    return [ok(NAME, f"{len(Settings.model_fields)} variables in {len(PARTS)} parts")]


def _made(patient: Patient) -> set[str]:
    """What serverless.yml fills in at the deploy."""
    given = patient.service.environments.values()
    return {name for environment in given for name, value in environment.items() if isinstance(value, Mapping)}


def _unloadable(made: Mapping[str, str]) -> Iterator[str]:
    for part in PARTS:
        try:
            load(part, **{name: value for name, value in made.items() if name in part.model_fields})
        except ConfigurationError as error:
            yield error.message.removeprefix(PREFIX)


def _unproven(patient: Patient) -> Iterator[str]:
    def signing() -> None:
        keys = load(VerifySettings)
        checked_key("QSTASH_CURRENT_SIGNING_KEY", keys.qstash_current_signing_key, stage=keys.stage)
        checked_key("QSTASH_NEXT_SIGNING_KEY", keys.qstash_next_signing_key, stage=keys.stage)

    def alerts() -> None:
        alert = load(AlertWebhookSettings)
        if alert.alert_webhook_url:
            key_of("ALERT_WEBHOOK_SECRET", alert.alert_webhook_secret.get_secret_value())

    proofs: Sequence[Callable[[], Any]] = (
        signing,
        alerts,
        lambda: key_ring(load(TokenSettings)),
        lambda: Verifier.of(load(MailEventSettings), patient.process.world.now),
    )
    for proof in proofs:
        try:
            proof()
        except ConfigurationError as error:
            if not error.message.startswith(PREFIX):  # told of its part already
                yield error.message


CHECK: Final = Check(NAME, look, mend="docs/configuration.md says where each variable comes from")
