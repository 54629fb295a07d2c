"""The job that tells servers: what comes in (contract.py), what is done (telling.py), and what it needs for that."""

from collections.abc import Mapping
from typing import Any

from functions.bundle import job
from functions.registry import contracts
from functions.send_webhook.contract import CONTRACT, SendWebhook
from functions.send_webhook.telling import Services, send_webhook
from shared.config import AlertWebhookSettings, load
from shared.context import JobContext
from shared.process import Process
from shared.webhooks.sending import Sender


def wire(process: Process) -> Services:
    sender = Sender(local=process.stage.stage == "local", world=process.world)
    return Services(process.database, sender, contracts(), load(AlertWebhookSettings))


@job(CONTRACT, services=wire)
async def handler(payload: SendWebhook, context: JobContext[Services]) -> Mapping[str, Any]:
    return await send_webhook(payload, context)
