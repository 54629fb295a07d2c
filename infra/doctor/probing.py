"""Publishes the probe, which a function verifies, answers, and does nothing else for (shared/message.py)."""

from typing import Final

from infra.doctor.patient import Patient
from infra.schedules.account import Account, calling
from shared.errors import DependencyDown
from shared.message import PROBE

LABEL: Final = "doctor"


async def published(
    patient: Patient,
    account: Account,
    url: str,
    *,
    retries: int = 0,
    patience: int | None = None,
    delay: str | None = None,
) -> str:
    """The message's id; QStash waits `patience` seconds for the answer. Raises DependencyDown and RefusedByQStash."""
    async with calling():
        sent = await account.client.message.publish(
            url=url,
            body=PROBE.decode(),
            content_type="application/json",
            retries=retries,
            timeout=patience,
            delay=delay,
            deduplication_id=f"{LABEL}.{patient.process.world.token()}",  # new each time
            label=LABEL,
        )
    message_id = getattr(sent, "message_id", "")
    # By an empty one all messages of the account would be cancelled, or their events asked for.
    if not isinstance(message_id, str) or not message_id.strip("."):
        raise DependencyDown("qstash", "an answer without a message id")
    return message_id
