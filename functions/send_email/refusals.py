"""What an answer of Resend means for the mail, as errors of our tree.

    PermanentError
    ├── MailRefused        it took nothing, and the same request is never taken
    └── UncertainEffect
        └── KeyConflict    our key has another payload: some mail has gone out under it
    RetryableError
    ├── MailNotTaken       it took nothing, and may do so later
    │   └── NotServing     nor any other mail: not reached, or our key is refused (and so a DependencyDown as well)
    └── DependencyDown
        └── NoVerdict      it may have taken the mail: the same bytes under the same key find out

Only 4xx answers in Resend's own form are verdicts. Source: https://resend.com/docs/api-reference/errors
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from shared.errors import DependencyDown, PermanentError, RetryableError, UncertainEffect

LONGEST_CALL: Final = 15.0
"""Seconds that Resend has for an answer; that none is there sooner, for want of time, is not its fault."""
LONGEST_WAIT: Final = 3600.0
"""Seconds that a header may make us wait: a nonsensical one must not lose the run."""
IN_FLIGHT_WAIT: Final = 5.0
QUOTAS: Final = frozenset({"daily_quota_exceeded", "monthly_quota_exceeded"})
KEYS: Final = frozenset({"missing_api_key", "invalid_api_key", "restricted_api_key"})
"""The deployment's fault, not the mail's: a rotated key is mended by a deploy while the mails wait, and an alert
about it could not be sent either."""
NOT_ITS_OWN: Final = frozenset({"application_error", "InternalServerError", "internal_server_error"})
"""Named so by the SDK where the answer was no JSON or had no name: a proxy's page, whatever its status."""

_SECONDS: Final = re.compile(r"\d{1,9}(\.\d{1,9})?")
_NAME: Final = re.compile(r"[A-Za-z_]{1,50}")


@dataclass(frozen=True, slots=True)
class Said:
    """What Resend said. `message` may quote the request and goes nowhere but into the mail's own record."""

    status: int
    name: str
    message: str

    def __str__(self) -> str:
        return f"resend: {self.name} ({self.status})"


class MailRefused(PermanentError):
    code: ClassVar[str] = "mail_refused"

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


class KeyConflict(UncertainEffect):
    def __init__(self, said: Said) -> None:
        super().__init__("resend: another mail was sent under this run's key")
        self.said = said


class MailNotTaken(RetryableError):
    code: ClassVar[str] = "mail_not_taken"

    def __init__(self, said: Said, *, retry_after: float | None = None) -> None:
        super().__init__(str(said), retry_after=retry_after)
        self.said = said


class NotServing(MailNotTaken, DependencyDown):
    """Both: for the mail nothing has begun, and for the breaker it is a failure: mails wait and use no tries up."""

    def __init__(self, said: Said) -> None:
        RetryableError.__init__(self, str(said))
        self.said = said
        self.service = "resend"
        self.its_fault = True


class NoVerdict(DependencyDown):
    def __init__(self, why: str, *, its_fault: bool = True) -> None:
        super().__init__("resend", why, its_fault=its_fault)


Verdict = MailRefused | KeyConflict | MailNotTaken | NoVerdict


def verdict(*, status: int, name: str, message: str, headers: Mapping[str, str]) -> Verdict:
    """The error that an error answer is."""
    said = Said(status, name if _NAME.fullmatch(name) else "unnamed", message)
    if status == 429 and name not in QUOTAS:
        return MailNotTaken(said, retry_after=wait_of(headers))
    if status >= 500 or status < 400 or name in NOT_ITS_OWN:
        return NoVerdict(f"{said.name} ({status})")
    if name == "concurrent_idempotent_requests":
        return MailNotTaken(said, retry_after=IN_FLIGHT_WAIT)
    if name == "invalid_idempotent_request":
        return KeyConflict(said)
    if name in KEYS:
        return NotServing(said)
    return MailRefused(said)


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the answer says; None where it does not, and the contract's own delays are for."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for name in ("retry-after", "ratelimit-reset"):
        if _SECONDS.fullmatch(value := lower.get(name, "")):
            return min(LONGEST_WAIT, max(1.0, float(value)))
    return None
