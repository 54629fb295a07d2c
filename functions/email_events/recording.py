"""Takes one event: that it was taken, what it says of the mail, and whom it suppresses, in one transaction.

    mail_events   svix-id, for 48 h     there already: a repeat, and nothing else happens
    emails        the mail, by its id at Resend, or by the run in its tags: `delivery` joined with what is told;
                  whatever its state was, it is `sent`: Resend tells of no mail that it has not taken
    suppressions  of a hard bounce, a complaint, or Resend's own suppression

A crash anywhere leaves nothing of it, Resend gets no answer, and comes again. An answer that is lost after the commit
makes a repeat. Two events of one mail at once: the record is read in the transaction that writes it, so the second
to write meets a conflict and begins anew (shared/database.py). send_email's own writes are outside of transactions;
what they and this do to each other is drawn in functions/send_email/emails.py.

A mail that no record of ours names was sent by another application of the account, or is forgotten: a complaint may
come after the record has expired. Its address is suppressed all the same, because the name that suffers is the same.

Resend tells the recipients of the whole mail where it was sent to several at once
(https://github.com/resend/resend-python/issues/68). Whose bounce it was is not known then, and nobody is suppressed:
one dead mailbox among the operators must not silence all alarms.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from functions.email_events.event import MailEvent
from shared.database import Database, Session, transaction
from shared.mail import delivery
from shared.mail.delivery import Told
from shared.mail.state import State
from shared.mail.suppressions import REASONS, Suppression, suppress
from shared.runs.model import instant
from shared.runs.pipeline import literal, when

REMEMBERED: Final = timedelta(hours=48)
"""Longer than Resend's tries span, which is 27.6 h (case 33)."""


class Outcome(StrEnum):
    RECORDED = "recorded"
    UNKNOWN = "unknown"
    """No record of ours names the mail."""
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Taken:
    """`run` is the one whose mail it is."""

    outcome: Outcome
    run: str | None = None
    suppresses: bool = False


class _Repeated(Exception):
    """The same webhook has been taken before."""


async def take(database: Database, event: MailEvent, *, svix_id: str, now: float) -> Taken:
    """`now` is our clock, in seconds. Raises DependencyDown where it is not known to be taken."""

    async def work(session: Session) -> Taken:
        await _remember(database, svix_id, now, session)
        run = await _tell(database, event, session)
        suppresses = event.kind in REASONS and len(event.addresses) == 1
        if suppresses:
            (address,) = event.addresses
            new = Suppression(address, event.kind.value, event.at, run, event.resend_id)
            await suppress(database, new, session=session)
        return Taken(Outcome.UNKNOWN if run is None else Outcome.RECORDED, run, suppresses)

    try:
        return await transaction(database, work)
    except _Repeated:
        return Taken(Outcome.REPEATED)


async def _remember(database: Database, svix_id: str, now: float, session: Session) -> None:
    until = instant(int((now + REMEMBERED.total_seconds()) * 1000))
    try:
        await database.mail_events.insert_one({"_id": svix_id, "expires_at": until}, session=session)
    except DuplicateKeyError:
        raise _Repeated from None


async def _tell(database: Database, event: MailEvent, session: Session) -> str | None:
    """The run whose mail it is, once its record says so."""
    mail = await _find(database, event, session)
    if mail is None:
        return None
    told = delivery.of(event.addresses, event.kind, Told(event.at, event.why))
    document = delivery.to_document(delivery.joined(delivery.from_document(mail.get("delivery")), told))
    proven = {"state": State.SENT.value, "resend_id": literal(event.resend_id), "reason": None}
    changes = [{"$set": {"delivery": literal(document)}}, when({"$ne": ["$state", State.SENT.value]}, proven)]
    await database.emails.update_one({"_id": mail["_id"]}, changes, session=session)
    run: str = mail["_id"]
    return run


async def _find(database: Database, event: MailEvent, session: Session) -> dict[str, Any] | None:
    """By the run where the answer that tells the mail's id is lost, or has not been recorded yet."""
    names = [{"resend_id": event.resend_id}, {"_id": event.run}]
    for name in names[: 1 if event.run is None else 2]:
        mail: dict[str, Any] | None = await database.emails.find_one(name, {"delivery": 1}, session=session)
        if mail is not None:
            return mail
    return None
