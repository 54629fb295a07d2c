"""The errors of asking a model, besides DependencyDown("ai", ..), which is all that time or a deploy can mend.

    429, 503, throttling, a model that is not ready        DependencyDown("ai"), `retry_after` as told or a few seconds
    no connection; 5xx, 408, 424; 401, 403, no such model  DependencyDown("ai"): mended by time or by a deploy, and
                                                           never the document's fault
    a broken connection, silence, a page of something      AnswerLost, a DependencyDown("ai"): it may have cost
    else, an answer that is none
    more than the model can read (400, 413)                TooLong
    another refusal of the call (400, 422)                 CallRefused
    the model, a filter or a guardrail refuses             RefusedByModel
    an answer that was cut, or twice not of the shape      Unfit
    the owner's tokens of the day are used up              OverQuota
    Redis can't be asked for the owner's tokens            DependencyDown("redis")

PermanentError
├── TooLong           the document is longer than what this model reads
├── RefusedByModel    the provider will not speak about this document
└── CallRefused       the provider will never take this call
RetryableError
├── OverQuota         until the day ends
├── Unfit             another time the model may keep to the shape
└── DependencyDown
    └── AnswerLost
"""

from typing import Final

from shared.errors import DependencyDown, PermanentError, RetryableError

SERVICE: Final = "ai"


class TooLong(PermanentError):
    code = "ai_too_long"

    def __init__(self) -> None:
        super().__init__("the text is longer than what the model reads")


class RefusedByModel(PermanentError):
    code = "ai_refused"

    def __init__(self) -> None:
        super().__init__("the model's provider will not speak about this text")


class CallRefused(PermanentError):
    """By its `status` and the provider's own word, never a text."""

    code = "ai_call_refused"

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(f"the model's provider refused the call: {reason}", reason=reason, status=status)
        self.reason = reason
        self.status = status


class OverQuota(RetryableError):
    code = "ai_over_quota"

    def __init__(self, *, limit: int, retry_after: float) -> None:
        super().__init__("the tokens of the day are used up", retry_after=retry_after, limit=limit)
        self.limit = limit


class Unfit(RetryableError):
    """`faults` names fields of the shape and what was wrong with them, never what the model wrote."""

    code = "ai_unfit"

    def __init__(self, faults: str) -> None:
        super().__init__(f"the model did not keep to the shape: {faults}", faults=faults)
        self.faults = faults


class AnswerLost(DependencyDown):
    """The question may have been taken, and paid for; the answer did not come, or can't be read."""

    def __init__(self, why: str, *, its_fault: bool = True) -> None:
        super().__init__(SERVICE, why, its_fault=its_fault)


def down(why: str, *, retry_after: float | None = None) -> DependencyDown:
    """The provider has taken nothing."""
    return DependencyDown(SERVICE, why, retry_after=retry_after)
