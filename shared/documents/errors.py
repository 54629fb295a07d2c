"""Why an upload does not become a document.

PermanentError
├── UploadUnknown     there is none, or it is another's: the two can't be told apart
├── UploadGone        it has expired, or its document was deleted
├── NotThere          nothing was put at its URL yet
└── NotAsPromised     what was put there is something else
"""

from typing import Literal

from shared.errors import PermanentError

Broken = Literal["size", "content type", "content", "checksum"]
"""Which part of the promise."""


class UploadUnknown(PermanentError):
    code = "upload_unknown"


class UploadGone(PermanentError):
    code = "upload_gone"


class NotThere(PermanentError):
    code = "not_uploaded"


class NotAsPromised(PermanentError):
    """The upload stays as it is: the promised bytes may still be put there, and be claimed."""

    code = "not_as_promised"

    def __init__(self, broken: Broken) -> None:
        super().__init__(f"the file's {broken} is not what was promised", broken=broken)
        self.broken = broken
