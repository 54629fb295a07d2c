"""Why a file is not read. To raise one is `Decline(reason)`, which the parent gets as Declined."""

from typing import Any, Literal

from shared.worker.child import Decline

Reason = Literal["encrypted", "scanned", "damaged", "empty", "too_complex", "unsupported"]


def declined(reason: Reason, **data: Any) -> Decline:
    """The word, and figures that go with it.

    encrypted    nothing is read without a password
    scanned      pictures of pages, and no text
    damaged      not parseable, or not of its type
    empty        no visible character in it
    too_complex  it unpacks to more than is read: a bomb, endless nesting, too many pages
    unsupported  a type that is stored and never read
    """
    return Decline(reason, **data)
