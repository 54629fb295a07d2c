"""The work of the job: one webhook for one run, under the run's key, however often it is delivered.

    read who and what ──▶ call, signed anew ──▶ taken
                            └ cut off, or no answer: called again, with the same id and the same body

Nothing is recorded before the call: who receives Standard Webhooks expects to be called again, and knows a repeat by
its `webhook-id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from functions.send_webhook import notices
from functions.send_webhook.contract import CONTRACT, RunEnded, SendWebhook
from functions.send_webhook.notices import Nobody, Notice
from shared.config import AlertWebhookSettings
from shared.context import JobContext
from shared.database import Database, reachable
from shared.enqueue import Contracts
from shared.webhooks.addresses import host_of
from shared.webhooks.sending import NotTaken, Receiver, ReceiverGone

WORTH_BEGINNING: Final = 12.0
"""Seconds that must be left for a call: it has ten, and two are for what comes before and after."""


class Sends(Protocol):
    async def send(self, receiver: Receiver, webhook_id: str, body: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    sender: Sends
    contracts: Contracts
    """Whose `masked` fields are never told."""
    alerts: AlertWebhookSettings


Context = JobContext[Services]


async def send_webhook(payload: SendWebhook, context: Context) -> Mapping[str, Any]:
    """The run's result: who took it, or why nobody was told."""
    notice = await _read(payload, context)
    if isinstance(notice, Nobody):
        return {"note": f"nobody to tell: {notice.why}"}
    context.need(WORTH_BEGINNING)
    try:
        status = await context.services.sender.send(notice.receiver, context.key, notice.body)
    except ReceiverGone:
        await _gone(payload, notice, context)
        raise
    except NotTaken as error:
        if error.retry_after is None:
            raise
        raise NotTaken(error.message, retry_after=_no_sooner(error.retry_after, context)) from error
    return {"host": host_of(notice.receiver.url), "status": status}


async def _read(payload: SendWebhook, context: Context) -> Notice | Nobody:
    services, event = context.services, payload.event
    if not isinstance(event, RunEnded):
        return notices.of_health(event, services.alerts)
    async with reachable():
        return await notices.of_run(services.database, event, context.key, services.contracts)


async def _gone(payload: SendWebhook, notice: Notice, context: Context) -> None:
    context.log.warning("the receiver wants no more webhooks", extra={"host": host_of(notice.receiver.url)})
    if isinstance(payload.event, RunEnded):
        async with reachable():
            await notices.gone(context.services.database, payload.event, notice.receiver, now=context.world.now())


def _no_sooner(asked: float, context: Context) -> float:
    """A receiver may ask for a longer wait than our own, but not for a shorter one: the tries would soon be used up."""
    return max(asked, CONTRACT.backoff.wait(context.run.tries - 1))
