"""What Resend tells of a mail, read from a webhook's body once that is believed.

Only those fields are named that are read (https://resend.com/docs/webhooks/event-types): a body also holds the mail's
subject and headers, which nobody here needs. What is no event of a mail that was sent, or tells nothing of its
delivery (opened, clicked, contacts, domains, mails that came in), is not followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, ValidationError

from shared.errors import MalformedMessage
from shared.mail.addresses import canonical
from shared.mail.delivery import Kind
from shared.runs.model import milliseconds
from shared.told import wrong_fields

LONGEST_REASON: Final = 300
PERMANENT: Final = "permanent"

PATH: Final = "/webhooks/resend"
"""Of the HTTP API; serverless.yml has the same."""

FOLLOWED: Final = {
    "email.sent": Kind.SENT,
    "email.delivered": Kind.DELIVERED,
    "email.delivery_delayed": Kind.DELIVERY_DELAYED,
    "email.complained": Kind.COMPLAINED,
    "email.bounced": Kind.SOFT_BOUNCED,
    "email.failed": Kind.FAILED,
    "email.suppressed": Kind.SUPPRESSED,
}
"""A bounce is a soft one until its details say that it is permanent."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """`run` is the tag that our requests carry, None where the mail has none. `at` is in milliseconds."""

    kind: Kind
    at: int
    resend_id: str
    run: str | None
    addresses: tuple[str, ...]
    """Those that it concerns, canonical; all of the mail's, where Resend does not say which."""
    why: str = ""
    """The receiving server's own words, as a rule: for the record, never for the log."""


def _by_name(tags: object) -> object:
    """Resend has sent both forms: {name: value}, and [{name, value}] as in a request."""
    if isinstance(tags, list) and all(isinstance(tag, dict) for tag in tags):
        return {tag.get("name"): tag.get("value") for tag in tags}
    return tags


class _Part(BaseModel, frozen=True, extra="ignore", hide_input_in_errors=True):
    pass


class _Type(_Part):
    type: Annotated[str, Field(max_length=100)]


class _Details(_Part):
    """Of a bounce, a failure, or a suppression: each names some of these."""

    type: str = ""
    sub_type: Annotated[str, Field(alias="subType")] = ""
    reason: str = ""
    message: str = ""

    def words(self) -> str:
        kind = "/".join(filter(None, (self.type, self.sub_type)))
        return ": ".join(filter(None, (kind, self.reason, self.message)))[:LONGEST_REASON]


_Address = Annotated[str, Field(min_length=1, max_length=500)]


class _Data(_Part):
    email_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
    to: Annotated[list[_Address], Field(min_length=1, max_length=150)]
    tags: Annotated[Mapping[str, str] | None, BeforeValidator(_by_name)] = None
    bounce: _Details | None = None
    failed: _Details | None = None
    suppressed: _Details | None = None


class _Body(_Part):
    created_at: AwareDatetime
    data: _Data


_Model = TypeVar("_Model", bound=_Part)


def read(body: bytes) -> MailEvent | None:
    """The event, or None for one that is not followed. Raises MalformedMessage for what is no webhook of Resend's."""
    kind = FOLLOWED.get(_parsed(_Type, body).type)
    return None if kind is None else _event(kind, _parsed(_Body, body))


def _event(kind: Kind, body: _Body) -> MailEvent:
    data = body.data
    details = data.bounce or data.failed or data.suppressed or _Details()
    if kind is Kind.SOFT_BOUNCED and details.type.lower() == PERMANENT:
        kind = Kind.BOUNCED
    return MailEvent(
        kind=kind,
        at=milliseconds(body.created_at),
        resend_id=data.email_id,
        run=(data.tags or {}).get("run"),
        addresses=tuple(sorted(set(map(canonical, data.to)))),
        why=details.words(),
    )


def _parsed(model: type[_Model], body: bytes) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise MalformedMessage(f"not a webhook of Resend's: {wrong_fields(error)[:LONGEST_REASON]}") from None
