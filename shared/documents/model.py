"""Uploads and documents as the rest of the code sees them.

Times are milliseconds since the epoch by the store's clock, as in runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class UploadState(StrEnum):
    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    CONDEMNED = "condemned"
    """Its file is being swept away; it can't be claimed any more."""


class Status(StrEnum):
    CHECKING = "checking"
    """Its bytes are being hashed by a job: too many for a request, in a store that tells no checksum."""
    REFUSED = "refused"
    """They were not the promised ones. Nobody can download them."""
    STORED = "stored"
    ANALYSING = "analysing"
    ANALYSED = "analysed"
    UNREADABLE = "unreadable"
    """Nothing could be read from it (`unreadable_because`); it can be downloaded all the same."""


DOWNLOADABLE: Final = frozenset(Status) - {Status.CHECKING, Status.REFUSED}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a caller says of a file before it is there. `sha256` is in hex."""

    name: str
    """A stranger's word: shown, and never part of a key."""
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    owner: str
    key: str
    promise: Promise
    state: UploadState
    url_expires_at: int
    """No URL that was signed for it works any longer."""
    created_at: int
    document: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredText:
    """What was read from a file: an object of UTF-8, of so many characters."""

    key: str
    characters: int
    whole: bool = True
    """Whether it is all of the file's text: of a very long one it is the beginning."""


@dataclass(frozen=True, slots=True)
class Document:
    """`version` is raised by every change, and is what a search index and an `If-Match` go by."""

    id: str
    owner: str
    title: str
    tags: tuple[str, ...]
    version: int
    indexed_version: int
    file: StoredFile
    status: Status
    created_at: int
    updated_at: int
    deleted_at: int | None = None
    unreadable_because: str | None = None
    text: StoredText | None = None
    analysis: Mapping[str, Any] | None = None


def read_upload(record: Mapping[str, Any]) -> Upload:
    return Upload(
        id=record["_id"],
        owner=record["owner"],
        key=record["key"],
        promise=Promise(record["name"], record["content_type"], record["size"], record["sha256"]),
        state=UploadState(record["state"]),
        url_expires_at=record["url_expires_at"],
        created_at=record["created_at"],
        document=record.get("document"),
    )


def read_document(record: Mapping[str, Any]) -> Document:
    file, text = record["file"], record.get("text")
    return Document(
        id=record["_id"],
        owner=record["owner"],
        title=record["title"],
        tags=tuple(record["tags"]),
        version=record["version"],
        indexed_version=record["indexed_version"],
        file=StoredFile(file["key"], file["name"], file["content_type"], file["size"], file["sha256"]),
        status=Status(record["status"]),
        created_at=record["created_at"],
        updated_at=record["updated_at"],
        deleted_at=record.get("deleted_at"),
        unreadable_because=record.get("unreadable_because"),
        text=StoredText(text["key"], text["characters"], text.get("whole", True)) if text else None,
        analysis=record.get("analysis"),
    )
