"""From what was asked for to the mail that is stored and sent: recipients, props, and the rendered request.

It runs once a mail. Whatever the configuration, the templates or the list of suppressed addresses become later,
the stored request is what every further attempt sends.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from pydantic import ValidationError

from functions.send_email.contract import FailureDigest, HealthMail, ReportMail, SignInMail
from functions.send_email.digest import digest
from functions.send_email.emails import Draft, Skipped
from functions.send_email.mails import HealthChanged, Mail, ReportReady, SignIn
from functions.send_email.markers import TemplateError
from functions.send_email.placeholder import SIGN_IN, shown_in
from functions.send_email.render import Rendered
from shared.database import Database
from shared.errors import PermanentError
from shared.mail.suppressions import suppressed
from shared.tokens import sign_in_link
from shared.told import wrong_fields

Asked = SignInMail | ReportMail | FailureDigest | HealthMail
Renderer = Callable[[Mail], Rendered]

_NOT_IN_TAGS: Final = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What of the configuration stands in a mail."""

    sender: str
    """`Name <address>`; the name is the application's in every mail."""
    operators: tuple[str, ...]
    app_url: str
    stage: str

    @property
    def app(self) -> str:
        name, address = parseaddr(self.sender)
        return name or address.rpartition("@")[2] or "Millrace"


async def prepare(asked: Asked, key: str, head: Letterhead, database: Database, render: Renderer) -> Draft | Skipped:
    """The mail of the run `key`, or why there is nothing to send."""
    addressed = head.operators if isinstance(asked, FailureDigest | HealthMail) else (asked.to,)
    if not addressed:
        raise PermanentError("no operators are configured: MAIL_OPERATORS is empty")
    dropped = await suppressed(database, addressed)
    to = [address for address in addressed if address not in dropped]
    if not to:
        return Skipped(asked.kind, "suppressed", dropped=tuple(dropped))
    try:
        mail = await _mail(asked, key, head, database)
    except ValidationError as error:
        raise PermanentError(f"the payload does not fit its mail: {wrong_fields(error)}") from None
    if mail is None:
        return Skipped(asked.kind, "nothing to tell")
    rendered = render(mail)
    kid = asked.kid if isinstance(asked, SignInMail) else None
    if kid is not None and not shown_in(rendered.html, rendered.text):
        raise TemplateError("the sign-in mail shows no link")
    return Draft(asked.kind, _request(head, to, rendered, key, asked.kind), kid=kid, dropped=tuple(dropped))


async def _mail(asked: Asked, key: str, head: Letterhead, database: Database) -> Mail | None:
    match asked:
        case SignInMail():
            link = sign_in_link(head.app_url, key, SIGN_IN)
            return SignIn(app=head.app, link=link, minutes=asked.minutes, requested_at=asked.requested_at)
        case ReportMail():
            return ReportReady(app=head.app, **asked.model_dump(exclude={"kind", "to"}))
        case FailureDigest():
            return await digest(database, asked, app=head.app, stage=head.stage)
        case HealthMail():
            return HealthChanged(app=head.app, stage=head.stage, **asked.model_dump(exclude={"kind"}))


def _request(head: Letterhead, to: list[str], rendered: Rendered, key: str, kind: str) -> dict[str, Any]:
    tags = {"kind": kind, "stage": head.stage, "run": key}
    return {
        "from": head.sender,
        "to": to,
        "subject": rendered.subject,
        "html": rendered.html,
        "text": rendered.text,
        # No out-of-office answers (RFC 3834), and no two mails in one thread because their subjects are the same.
        "headers": {"Auto-Submitted": "auto-generated", "X-Entity-Ref-ID": key},
        # A webhook names the run by them, even for a mail whose id at Resend we never learnt.
        "tags": [{"name": name, "value": _NOT_IN_TAGS.sub("_", value)} for name, value in tags.items()],
    }
