"""The errors of the job runtime and of its jobs, and what each means for the run that met it.

    MillraceError
    ├── ConfigurationError      the deployment is wrong; nothing starts
    ├── SignatureError          who calls is not proven: 401, nothing of the body is read
    ├── PermanentError          no retry can mend it: the run fails, QStash is told not to come back (489)
    │   ├── BadRequest          what was asked for can't be done: its caller's to mend, so no operator is told
    │   ├── MalformedMessage    a body that is no message, or a payload that is not the contract's
    │   ├── PublishRefused      QStash will never take this message
    │   └── UncertainEffect     an effect may have happened and can't be asked for: a person decides
    └── RetryableError          a retry can mend it: the run waits and is delivered again (503)
        ├── DependencyDown      a service did not answer, or answered that it can't
        └── DeadlineReached     the time of this delivery is used up; the next one goes on

An exception that is none of these is a fault in a job. It is treated like a RetryableError, because a later
version of the code may mend it, and its text is kept out of logs and answers, because nobody has vetted it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class MillraceError(Exception):
    """The root: `code` names the kind for programs, `message` is fit for logs and for the run's owner."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data: Mapping[str, Any] = data


class ConfigurationError(MillraceError):
    code = "configuration"


class SignatureError(MillraceError):
    """`reason` is one of a closed set of words, so that it can be logged and counted."""

    code = "signature"

    def __init__(self, reason: str, **data: Any) -> None:
        super().__init__(f"the delivery is not signed as it must be: {reason}", **data)
        self.reason = reason


class PermanentError(MillraceError):
    code = "permanent"


class BadRequest(PermanentError):
    code = "bad_request"


class MalformedMessage(PermanentError):
    code = "malformed_message"


class PublishRefused(PermanentError):
    code = "publish_refused"


class UncertainEffect(PermanentError):
    code = "uncertain_effect"


class RetryableError(MillraceError):
    """`retry_after` is in seconds; None leaves the wait to the contract's own delays."""

    code = "retryable"

    def __init__(self, message: str, *, retry_after: float | None = None, **data: Any) -> None:
        super().__init__(message, **data)
        self.retry_after = retry_after


class DependencyDown(RetryableError):
    """`service` is the dependency's plain name: mongodb, redis, qstash, resend, storage, ai, postgres.

    `its_fault` is False where the failure tells nothing of the service's health, so that no breaker counts it: the
    caller had less time than the call usually gets, or this one command was refused.
    """

    code = "dependency_down"

    def __init__(self, service: str, why: str, *, retry_after: float | None = None, its_fault: bool = True) -> None:
        super().__init__(f"{service}: {why}", retry_after=retry_after, service=service)
        self.service = service
        self.its_fault = its_fault


class DeadlineReached(RetryableError):
    code = "deadline_reached"
