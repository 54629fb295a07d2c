"""The work of the job: one mail for one run, however often it is delivered and wherever it is cut off.

    find ──▶ prepare, once ──▶ breaker ──▶ begin: stored before the call ──▶ call ──▶ outcome

Cut off before `begin`, nothing has happened. Cut off after it, the call is repeated with the stored bytes under
the run's key, and Resend sends nothing twice. Once the outcome is stored, no call is made at all.
While Resend's breaker is open nothing is begun, and the run waits without losing a try (shared/work.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from functions.send_email import emails
from functions.send_email.contract import SendEmail
from functions.send_email.emails import Draft, Email, Skipped
from functions.send_email.placeholder import conceal, reveal
from functions.send_email.prepare import Letterhead, Renderer, prepare
from functions.send_email.refusals import LONGEST_CALL, KeyConflict, MailNotTaken, MailRefused, NoVerdict, Said
from shared.breakers import Breaker
from shared.context import JobContext
from shared.database import Database
from shared.ends import Evidence
from shared.errors import UncertainEffect
from shared.mail.state import State
from shared.runs.model import Run, to_json
from shared.tokens import KeyRing

WORTH_BEGINNING: Final = 10.0
"""Seconds that must be left for it to be worth a call, with its record."""
FOR_THE_OUTCOME: Final = 4.0
"""Seconds that are kept to record the outcome."""


class Mailer(Protocol):
    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        """The mail's id, in so many seconds, or an error of refusals.py."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the job needs besides its payload."""

    database: Database
    mailer: Mailer
    render: Renderer
    keys: KeyRing
    head: Letterhead
    breaker: Breaker
    """Resend's."""


async def send_email(payload: SendEmail, context: JobContext[Services]) -> dict[str, Any]:
    """The run's result: the mail was sent, or skipped. Everything else is an error of our tree."""
    services, key = context.services, context.key
    email: Email | None = await emails.find(services.database, key)
    draft: Draft | None = None
    if email is None or email.state is State.REFUSED:
        found = await prepare(payload.mail, key, services.head, services.database, services.render)
        prepared = replace(found, owner=context.run.owner)
        if isinstance(prepared, Skipped):
            email = await emails.skip(services.database, key, prepared)
        else:
            draft = prepared
    if draft is None and email is not None and email.state is not State.CALLING:
        return told(email)
    context.need(WORTH_BEGINNING)
    secret = secret_of(draft or email, key, services.keys)
    try:
        async with services.breaker.guard():
            ended = await _begun_and_called(draft, secret, context)
    except (MailNotTaken, NoVerdict):
        # An event may have told meanwhile what the answer did not, and after the last try nobody looks again.
        found_sent = await emails.find(services.database, key)
        if found_sent is None or found_sent.state is not State.SENT:
            raise
        ended = found_sent
    return told(ended)


async def _begun_and_called(draft: Draft | None, secret: str | None, context: JobContext[Services]) -> Email:
    begun = await emails.begin(context.services.database, context.key, draft, by=context.world.token())
    return await call(begun, secret, context) if begun.state is State.CALLING else begun


def secret_of(mail: Draft | Email | None, key: str, keys: KeyRing) -> str | None:
    """Before the call is counted: a key that is not configured yet must not make the mail uncertain."""
    return keys.token(mail.kid, key) if mail is not None and mail.kid is not None else None


async def call(email: Email, secret: str | None, context: JobContext[Services]) -> Email:
    """One call with the stored bytes, and its outcome recorded."""
    database = context.services.database
    request = email.request if secret is None else reveal(email.request, secret)
    within = max(1.0, min(LONGEST_CALL, context.remaining() - FOR_THE_OUTCOME))
    try:
        resend_id = await context.services.mailer.send(request, key=context.key, within=within)
    except MailNotTaken as error:
        await emails.not_taken(database, email.id, _concealed(error.said, secret))
        raise
    except KeyConflict as error:
        after = await emails.doubted(database, email.id, _concealed(error.said, secret))
        if after.state is not State.SENT:
            raise
        return after
    except MailRefused as error:
        after = await emails.refused(database, email.id, _concealed(error.said, secret))
        if after.state is State.REFUSED:
            raise
        return after
    return await emails.taken(database, email.id, resend_id)


def told(email: Email) -> dict[str, Any]:
    """The run's result for a mail whose story has ended well; raises for one that nobody can know the end of."""
    if email.state in {State.SENT, State.SKIPPED}:
        return email.result()
    raise UncertainEffect(email.reason or "the mail may have been sent")


def evidence(database: Database) -> Evidence:
    """For the runtime: whether the mail of a run that is not to be tried again has gone out."""

    async def look(run: Run) -> str | None:
        email = await emails.find(database, run.id)
        ended = email is not None and email.state in {State.SENT, State.SKIPPED}
        return to_json(email.result()) if email is not None and ended else None

    return look


def _concealed(said: Said, secret: str | None) -> Said:
    return said if secret is None else replace(said, message=conceal(said.message, secret))
