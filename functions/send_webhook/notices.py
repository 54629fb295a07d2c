"""What is told, and to whom: read when it is sent, and the same at every attempt.

{"type": "job.succeeded", "timestamp": "2026-11-30T08:00:00.000Z", "data": {"id": .., "job": .., "state": .., ..}}

Of a run its owner is told what GET /v1/jobs/{id} shows them, but for the payload, which they know. An event belongs to
one end: when the run has been started over since, its next end is another event, and this one is not sent any more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from functions.send_webhook.contract import HealthChanged, RunEnded
from shared.config import AlertWebhookSettings
from shared.database import Database
from shared.enqueue import Contracts
from shared.runs.finish import telling
from shared.runs.masking import shown
from shared.runs.model import Run, State, instant, read
from shared.webhooks.sending import Receiver

LARGEST_RESULT: Final = 16_384
"""Characters of a result that is sent along; a larger one is asked for. Standard Webhooks advises bodies of 20 kB."""


@dataclass(frozen=True, slots=True)
class Notice:
    receiver: Receiver
    body: bytes


@dataclass(frozen=True, slots=True)
class Nobody:
    """There is nobody to tell, or nothing any more."""

    why: str


async def of_run(database: Database, event: RunEnded, webhook_id: str, contracts: Contracts) -> Notice | Nobody:
    key = await database.api_keys.find_one({"id": event.key})
    webhook = (key or {}).get("webhook")
    if webhook is None:
        return Nobody("the key was revoked, or has no webhook")
    if "gone_at" in webhook:
        return Nobody("the receiver wants no more webhooks")
    document = await database.runs.find_one({"_id": event.run})
    if document is None:
        return Nobody("the run was purged")
    run = read(document)
    if telling(run) != webhook_id:
        return Nobody("the run was started over")
    return Notice(
        Receiver(webhook["url"], webhook["secret"]), _body(f"job.{run.state}", _ended(run), _data(run, contracts))
    )


async def gone(database: Database, event: RunEnded, receiver: Receiver, *, now: float) -> None:
    """The receiver wants no more of them: the key's webhook is told of nothing from now on."""
    where = {"id": event.key, "webhook.url": receiver.url, "webhook.gone_at": {"$exists": False}}
    await database.api_keys.update_one(where, {"$set": {"webhook.gone_at": int(now * 1000)}})


def of_health(event: HealthChanged, settings: AlertWebhookSettings) -> Notice | Nobody:
    """`text` is what chat services show of it."""
    if not settings.alert_webhook_url:
        return Nobody("ALERT_WEBHOOK_URL is not set")
    receiver = Receiver(settings.alert_webhook_url, settings.alert_webhook_secret.get_secret_value())
    text = "\n".join((f"Millrace ({settings.stage}) was {event.was} and is {event.status}.", *event.why))
    data = {"stage": settings.stage, "was": event.was, "status": event.status, "why": list(event.why)}
    return Notice(receiver, _body("health.changed", event.since, data, text=text))


def _data(run: Run, contracts: Contracts) -> Mapping[str, Any]:
    whole = run.result is None or len(run.result) <= LARGEST_RESULT
    error = {name: str(run.error[name]) for name in ("code", "message")} if run.error else None
    return {
        "id": run.id,
        "job": run.job,
        "state": run.state.value,
        "reason": run.reason,
        "created_at": _iso(instant(run.created)),
        "finished_at": _iso(_ended(run)),
        "result": shown(run.result, contracts.get(run.job), run.version) if whole else None,
        "result_left_out": not whole,
        "error": error if run.state is not State.SUCCEEDED else None,
    }


def _ended(run: Run) -> datetime:
    return instant(run.finished or 0)


def _body(kind: str, when: datetime, data: Mapping[str, Any], **more: str) -> bytes:
    body = {"type": kind, "timestamp": _iso(when), **more, "data": data}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
