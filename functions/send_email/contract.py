"""Sends one mail: who asked for which mail, and never a secret or a body. The values shown are made when it is sent."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contract import Backoff, Contract, FlowControl, Payload

Address = Annotated[
    str, StringConstraints(pattern=r"^[^\s@<>,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"\x00-\x1f\x7f]{1,255}$")
]
"""A bare address; the API has checked it more thoroughly where a person typed it."""


class SignInMail(Payload):
    """The token is not here: it is derived from the run's id with the key `kid`, when the mail is sent (case 24)."""

    kind: Literal["sign_in"] = "sign_in"
    to: Address
    kid: str
    minutes: Annotated[int, Field(ge=1, le=1440)]
    """How long the link works, from `requested_at` on."""
    requested_at: AwareDatetime


class ReportMail(Payload):
    """A report that can be fetched. `link` is what the recipient opens."""

    kind: Literal["report_ready"] = "report_ready"
    to: Address
    title: str
    link: str
    expires_at: AwareDatetime
    file: str | None = None
    summary: str | None = None
    highlights: tuple[str, ...] = ()


class FailureDigest(Payload):
    """To the configured operators: what failed of one job in one window, counted when the mail is sent."""

    kind: Literal["job_failed"] = "job_failed"
    job: str
    since: AwareDatetime
    until: AwareDatetime


class HealthMail(Payload):
    """To the configured operators: the status of the whole has changed."""

    kind: Literal["health_changed"] = "health_changed"
    was: str
    was_since: AwareDatetime
    status: str
    since: AwareDatetime
    why: tuple[str, ...] = ()
    """A line for each part that is not healthy."""


class SendEmail(Payload):
    mail: Annotated[SignInMail | ReportMail | FailureDigest | HealthMail, Field(discriminator="kind")]


RESEND_REMEMBERS: Final = timedelta(hours=24)
"""How long Resend knows an Idempotency-Key: https://resend.com/docs/dashboard/emails/idempotency-keys"""

CONTRACT: Final = Contract(
    name="send_email",
    payload=SendEmail,
    timeout=30,
    deadline=24,
    tries=6,
    backoff=Backoff(first=10, factor=5, cap=3600),
    max_age=timedelta(hours=36),
    flow_control=FlowControl(parallelism=2, rate=2, period=1),
    effects_live=RESEND_REMEMBERS,
    masked=frozenset({"to", "link"}),
)
