"""The states of a mail's record. What leads from one to another is drawn in functions/send_email/emails.py."""

from enum import StrEnum


class State(StrEnum):
    CALLING = "calling"
    SENT = "sent"
    """Resend has it; what became of it there is its `delivery` (delivery.py)."""
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """A person decides, or an event of Resend's tells: it is never sent again by itself."""
    SKIPPED = "skipped"
