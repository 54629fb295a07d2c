"""What becomes of a mail, by whom it is for, and the webhook bodies that tell it.

Resend's test addresses (a `+label` may follow the name) decide; every other address is delivered.

    delivered@resend.dev     sent, delivered            bounced@resend.dev       sent, bounced
    complained@resend.dev    sent, delivered, complained suppressed@resend.dev   sent, suppressed
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from infra.local.resend.mail import Draft, Mail, bare, iso

STORIES: Final = {
    "bounced": ("bounced",),
    "suppressed": ("suppressed",),
    "complained": ("delivered", "complained"),
    "delivered": ("delivered",),
}
"""What happens after `sent`, the gravest first: that one is the mail's last event."""
_DETAILS: Final[dict[str, dict[str, Any]]] = {
    "bounced": {
        "bounce": {
            "type": "Permanent",
            "subType": "General",
            "message": "The recipient's mail server permanently rejected the mail.",
        }
    },
    "suppressed": {
        "suppressed": {
            "type": "OnAccountSuppressionList",
            "message": "The recipient is on the account's suppression list.",
        }
    },
}


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` without its `email.`; `to` are the addresses that it concerns."""

    kind: str
    to: list[str]


def story(draft: Draft) -> list[Event]:
    """The events of a mail that leaves, in their order."""
    return [Event("sent", draft.to), *_aftermath(draft)]


def last_event(draft: Draft) -> str:
    fates = {_fate(address) for address in draft.recipients}
    return next(kinds[-1] for fate, kinds in STORIES.items() if fate in fates)


def _aftermath(draft: Draft) -> Iterator[Event]:
    for fate, kinds in STORIES.items():
        concerned = [address for address in draft.recipients if _fate(address) == fate]
        if concerned:
            yield from (Event(kind, concerned) for kind in kinds)


def _fate(address: str) -> str:
    name, _, domain = bare(address).rpartition("@")
    fate = name.partition("+")[0]
    return fate if domain == "resend.dev" and fate in STORIES else "delivered"


def webhook_body(event: Event, mail: Mail, *, at: float) -> dict[str, Any]:
    """Resend's webhook for one event."""
    draft = mail.draft
    return {
        "type": f"email.{event.kind}",
        "created_at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "email_id": mail.id,
            "message_id": mail.message_id,
            "created_at": iso(mail.created_at),
            "from": draft.sender,
            "to": event.to,
            "subject": draft.subject,
            "headers": [{"name": name, "value": value} for name, value in draft.headers.items()],
            "tags": {tag["name"]: tag["value"] for tag in draft.tags},
            **_DETAILS.get(event.kind, {}),
        },
    }
