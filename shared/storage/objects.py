"""What is known of an object, and what a client needs to put one."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.storage.errors import down

_SHA256_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Stored:
    """An object, as its store describes it."""

    key: str
    size: int
    content_type: str
    sha256: str | None
    """In hex; None where the store returns none."""
    etag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a listing, which tells less."""

    key: str
    size: int
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class SignedPut:
    """What a client sends: a PUT to `url` with exactly these `headers`, and the bytes that they describe."""

    url: str
    headers: Mapping[str, str]


def stored(key: str, answer: Mapping[str, Any]) -> Stored:
    """Of the answer to a HEAD. Raises DependencyDown when it is no answer of an object store."""
    etag, size = answer.get("ETag"), answer.get("ContentLength")
    if not isinstance(etag, str) or not isinstance(size, int):
        raise down("an answer that is none of its own")
    return Stored(key, size, answer.get("ContentType", ""), _hex(answer), etag.strip('"'))


def listed(line: Mapping[str, Any]) -> Listed:
    return Listed(line["Key"], line["Size"], line["ETag"].strip('"'), line["LastModified"])


def checksum(sha256: str) -> str:
    """A hash in hex as S3 writes it. Raises ValueError for anything else."""
    raw = bytes.fromhex(sha256)
    if len(raw) != _SHA256_BYTES:
        raise ValueError("a SHA-256 has 64 hexadecimal digits")
    return base64.b64encode(raw).decode()


def _hex(answer: Mapping[str, Any]) -> str | None:
    """The hash of the whole object; one that is made of the hashes of parts is none."""
    try:
        raw = base64.b64decode(answer.get("ChecksumSHA256", ""), validate=True)
    except binascii.Error:
        return None
    return raw.hex() if len(raw) == _SHA256_BYTES and answer.get("ChecksumType") != "COMPOSITE" else None
