"""Why a document is not analysed.

BadRequest
├── DocumentGone    there is none, it was deleted, or it is another's: the three can't be told apart
└── NotPromised     its file is not the promised one

PermanentError
└── Unreadable      nothing can be read from its file: a state of the document, and no failure of the run
"""

from collections.abc import Mapping
from typing import Final

from shared.errors import BadRequest, PermanentError

WORDS: Final[Mapping[str, str]] = {
    "encrypted": "The file is encrypted: without its password nothing can be read.",
    "scanned": "The file holds pictures of pages and no text.",
    "damaged": "The file is damaged, or is not of the type that it is said to be.",
    "empty": "There is no text in the file.",
    "too_complex": "The file unpacks to more than can be read.",
    "unsupported": "Files of this type are kept, and are not read.",
    "time": "Reading the file takes longer than it may.",
    "memory": "Reading the file takes more memory than it may.",
}
"""What the owner is told, by the reason that extraction/ or shared/worker gave."""
OTHERWISE: Final = "The file can't be read."


class DocumentGone(BadRequest):
    code = "no_document"

    def __init__(self) -> None:
        super().__init__("there is no such document")


class NotPromised(BadRequest):
    code = "document_refused"

    def __init__(self) -> None:
        super().__init__("the document's file is not the promised one")


class Unreadable(PermanentError):
    code = "unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(WORDS.get(reason, OTHERWISE), reason=reason)
        self.reason = reason
