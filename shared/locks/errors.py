"""What may be wrong with a lock; each is mended by coming back later.

RetryableError
├── LockBusy         another has it, and still had it when the wait was over
└── LockLost         it was had, and may be another's by now
    └── FencedOut    another has had it since, and has written
"""

from shared.errors import RetryableError


class LockBusy(RetryableError):
    """`retry_after` is what the other's lease has left; it may be released or renewed before."""

    code = "lock_busy"


class LockLost(RetryableError):
    code = "lock_lost"


class FencedOut(LockLost):
    code = "fenced_out"
