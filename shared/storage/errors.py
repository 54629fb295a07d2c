"""What storage says beside DependencyDown("storage", ..), which is everything that a later try can mend.

PermanentError
├── Missing       there is no such object
├── TooLarge      it has more bytes than its reader would take
└── Refused       the store will never take this call
"""

from shared.errors import DependencyDown, PermanentError

SERVICE = "storage"


class Missing(PermanentError):
    """There is no such object; `key` tells which."""

    code = "object_missing"

    def __init__(self, key: str) -> None:
        super().__init__("no such object", key=key)
        self.key = key


class TooLarge(PermanentError):
    """Reading it was given up: it is larger than `most` bytes."""

    code = "object_too_large"

    def __init__(self, key: str, most: int) -> None:
        super().__init__(f"the object has more than {most} bytes", key=key, most=most)
        self.key = key
        self.most = most


class Refused(PermanentError):
    """The store's own refusal, by its `reason`: a word of S3's, never a text."""

    code = "storage_refused"

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(f"storage refused the call: {reason}", reason=reason, status=status)
        self.reason = reason
        self.status = status


def down(why: str, *, retry_after: float | None = None, its_fault: bool = True) -> DependencyDown:
    """Storage did not answer, or answered that it can't."""
    return DependencyDown(SERVICE, why, retry_after=retry_after, its_fault=its_fault)
