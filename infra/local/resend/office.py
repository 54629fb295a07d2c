"""The post office: takes checked mails in, lets them leave when due, and tells what became of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from infra.local.resend.errors import validation
from infra.local.resend.events import Event, last_event, story, webhook_body
from infra.local.resend.idempotency import Held
from infra.local.resend.ids import new_id
from infra.local.resend.mail import Draft, Mail
from infra.local.resend.outbox import Outbox
from infra.local.resend.store import KeptAnswer, Store
from shared.clock import World


class PostOffice:
    """Every change is one transaction with the webhooks that tell it; `changed` is called after it."""

    def __init__(self, store: Store, outbox: Outbox, world: World, changed: Callable[[], None]) -> None:
        self._store = store
        self._outbox = outbox
        self._world = world
        self._changed = changed

    def accept(
        self, drafts: Sequence[Draft], held: Held, answer: Callable[[list[str]], dict[str, Any]]
    ) -> dict[str, Any]:
        """Take the mails in under the call's key; returns `answer` of their ids, as it is kept."""
        now = self._world.now()
        with self._store.transaction():
            ids = [self._take_in(draft, held, now) for draft in drafts]
            body = answer(ids)
            if held.key is not None:
                self._store.keep(KeptAnswer(held.key, held.fingerprint, body, now))
        self._changed()
        return body

    def release_due(self) -> None:
        """Let every scheduled mail leave whose time has come."""
        now = self._world.now()
        with self._store.transaction():
            for mail in self._store.due(now):
                self._store.update(self._send(mail, now))

    def reschedule(self, mail: Mail, send_at: float) -> None:
        self._expect_scheduled(mail)
        with self._store.transaction():
            self._store.update(replace(mail, send_at=send_at))
        self._changed()

    def cancel(self, mail: Mail) -> None:
        self._expect_scheduled(mail)
        with self._store.transaction():
            self._store.update(replace(mail, last_event="canceled"))

    def clear(self) -> int:
        with self._store.transaction():
            self._outbox.clear()
            return self._store.clear()

    def _take_in(self, draft: Draft, held: Held, now: float) -> str:
        mail = Mail(
            id=new_id(self._world),
            draft=draft,
            key=held.key,
            calls=held.calls,
            created_at=now,
            send_at=draft.send_at,
            sent_at=None,
            last_event="scheduled",
        )
        if mail.send_at is None or mail.send_at <= now:
            mail = self._send(mail, now)
        else:
            self._tell(Event("scheduled", draft.to), mail, now)
        self._store.add(mail)
        return mail.id

    def _send(self, mail: Mail, now: float) -> Mail:
        for event in story(mail.draft):
            self._tell(event, mail, now)
        return replace(mail, sent_at=now, last_event=last_event(mail.draft))

    def _tell(self, event: Event, mail: Mail, now: float) -> None:
        body = json.dumps(webhook_body(event, mail, at=now), separators=(",", ":"))
        self._outbox.put(f"msg_{new_id(self._world).replace('-', '')}", f"email.{event.kind}", body, at=now)

    def _expect_scheduled(self, mail: Mail) -> None:
        if mail.last_event != "scheduled":
            raise validation(f"Only a scheduled email can be changed; this one is {mail.last_event}.")
