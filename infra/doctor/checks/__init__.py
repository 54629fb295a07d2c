"""The checks, one module each: what it asks for, what it takes for well, and what mends it."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.checks import (
    account,
    ai,
    api,
    bootstrap,
    clock,
    concurrency,
    connections,
    cors,
    deployed,
    functions,
    logs,
    mail,
    mail_events,
    mongodb,
    private,
    qstash,
    redis,
    relay,
    resend,
    retries,
    search,
    secret,
    settings,
    signing_keys,
    stack,
    storage,
    uploads,
)
from infra.doctor.model import Check

HERE: Final = (
    settings.CHECK,
    clock.CHECK,
    mongodb.CHECK,
    redis.CHECK,
    storage.CHECK,
    uploads.CHECK,
    private.CHECK,
    cors.CHECK,
    qstash.CHECK,
    signing_keys.CHECK,
    retries.CHECK,
    functions.CHECK,
    relay.CHECK,
    resend.CHECK,
    mail.CHECK,
    ai.CHECK,
    search.CHECK,
    bootstrap.CHECK,
    api.CHECK,
    mail_events.CHECK,
    connections.CHECK,
    account.CHECK,
)
AWS: Final = (stack.CHECK, deployed.CHECK, concurrency.CHECK, secret.CHECK, logs.CHECK)
"""Of what is deployed: the local stage has none of it."""


def checks_of(stage: str) -> Sequence[Check]:
    return HERE if stage == "local" else (*HERE, *AWS)
