"""A key with a webhook, runs that it has started, and the job that tells of their ends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.alerts import alerting
from functions.api.keys import create_key
from functions.send_webhook.contract import CONTRACT, SendWebhook
from functions.send_webhook.telling import Services, send_webhook
from shared.clock import World
from shared.config import AlertWebhookSettings
from shared.contract import Contract, Payload
from shared.database import Database
from shared.delivery import Handled
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.finish import End, finish, telling
from shared.runs.model import Run
from shared.webhooks.sending import Sender
from tests.support.desk import Desk
from tests.support.inbox import Inbox


class Errand(Payload):
    wish: str = "of the payload"


ERRAND = Contract(name="errand", payload=Errand, timeout=60, deadline=40, masked=frozenset({"token"}))


@dataclass
class Bench:
    database: Database
    inbox: Inbox
    services: Services
    desk: Desk
    key: str
    """Its id."""
    token: str
    secret: str

    @classmethod
    async def made(
        cls, database: Database, inbox: Inbox, sender: Sender, alerts: AlertWebhookSettings | None = None
    ) -> "Bench":
        world = World()
        created = await create_key(
            database, name="billing", scopes={"jobs:write"}, by="test", world=world, webhook=inbox.url
        )
        assert created.webhook_secret
        settings = alerts or AlertWebhookSettings(stage="local")
        services = Services(database, sender, {"errand": ERRAND}, settings)
        desk = Desk(database, CONTRACT, send_webhook, services=services)
        return cls(database, inbox, services, desk, created.id, created.key, created.webhook_secret)

    async def accepted(self, **options: Any) -> Run:
        """A run that the key has started."""
        new = new_run(ERRAND, Errand(), owner=f"key:{self.key}", run_id=World().token(), notify=self.key, **options)
        return await outbox.insert(self.database, new)

    async def ended(self, end: End) -> Run:
        run = await finish(self.database, await self.accepted(), end, alert=alerting(self.database))
        assert run
        return run

    async def tell(self, run: Run) -> Handled:
        """The next delivery of what tells of the run's end."""
        webhook = telling(run)
        await self.desk.change(webhook, not_before=0, lease=0)
        return await self.desk.deliver(await self.desk.read(webhook))

    async def outcome(self, run: Run) -> Mapping[str, Any]:
        """The result of the run that tells of it."""
        result: Mapping[str, Any] = json.loads((await self.desk.read(telling(run))).result or "null")
        return result

    async def health(self, event: Any) -> Run:
        accepted = await self.desk.enqueue(SendWebhook(event=event))
        await self.desk.deliver(accepted.run)
        return await self.desk.read(accepted.run.id)
