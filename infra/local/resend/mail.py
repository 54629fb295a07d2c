"""What this server knows of one mail: what was asked for (`Draft`), and what became of it (`Mail`)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

NOT_SENT = ("scheduled", "canceled")


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as it was asked for, once checked. Absent lists are empty; `send_at` is in seconds (epoch)."""

    sender: str
    to: list[str]
    subject: str
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    html: str | None = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    send_at: float | None = None

    @property
    def recipients(self) -> list[str]:
        return [*self.to, *self.cc, *self.bcc]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Mail:
    """An accepted mail. Times are seconds since the epoch; a new time replaces `send_at`, not the draft's."""

    id: str
    draft: Draft
    key: str | None
    calls: int
    created_at: float
    send_at: float | None
    sent_at: float | None
    last_event: str

    @property
    def message_id(self) -> str:
        return f"<{self.id}@resend.local>"

    def is_for(self, address: str) -> bool:
        """Whether this bare address is among the recipients, whatever the case and display name."""
        return bare(address) in map(bare, self.draft.recipients)


def bare(address: str) -> str:
    return parseaddr(address)[1].lower()


def iso(at: float) -> str:
    """A time as Resend writes it in mails: microseconds and an offset."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def iso_or_none(at: float | None) -> str | None:
    return None if at is None else iso(at)
