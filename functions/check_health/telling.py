"""Tells the operators of a change: one mail, and one webhook where one is configured, accepted with the change itself.

    transaction ─┬─ the records of the turn
                 ├─ send_email, `health_changed`      } only where the status of the whole has changed;
                 └─ send_webhook, `health.changed`    } its key is the change's, so that it is accepted once
    commit ──────▶ handed over at once, as far as QStash takes it; what it does not take is the relay's

What this can't tell: while MongoDB is away there is no turn at all, for there is no claim, and while QStash is, none
is delivered, or its alert waits. Both show as turns that are missing, and that is watched from outside
(infra/resources/alarms.yml).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.alerts import OPERATORS
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.contract import HealthMail, SendEmail
from functions.send_webhook.contract import CONTRACT as SEND_WEBHOOK
from functions.send_webhook.contract import HealthChanged, SendWebhook
from shared.clock import World
from shared.database import Database, Session
from shared.enqueue import new_run
from shared.health.model import Health
from shared.runs import outbox
from shared.runs.model import Run, instant
from shared.runs.record import NewRun


@dataclass(frozen=True, slots=True)
class Teller:
    database: Database
    world: World
    webhook: bool
    """Whether operators have one."""

    async def tell(self, was: Health, now: Health, session: Session) -> Sequence[Run]:
        """The runs that tell, in the transaction of the change."""
        return [await outbox.insert(self.database, new, session=session) for new in self._news(was, now)]

    def _news(self, was: Health, now: Health) -> Sequence[NewRun]:
        key = f"health:{now.status}:{now.checked_at}"
        mail = HealthMail(
            was=was.status.value,
            was_since=instant(was.since),
            status=now.status.value,
            since=instant(now.since),
            why=now.why,
        )
        told = [
            new_run(
                SEND_EMAIL,
                SendEmail(mail=mail),
                owner=OPERATORS,
                run_id=self.world.token(),
                key=key,
                raises_alert=False,
            )
        ]
        if self.webhook:
            event = HealthChanged(was=mail.was, status=mail.status, since=mail.since, why=mail.why)
            told.append(
                new_run(SEND_WEBHOOK, SendWebhook(event=event), owner=OPERATORS, run_id=self.world.token(), key=key)
            )
        return told
