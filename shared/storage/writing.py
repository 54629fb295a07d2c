"""Writes an object once, by what the store can do.

    a store with conditional writes     PUT, If-None-Match: *           412: it is there
    one without                         HEAD, then PUT                  two at the same moment: the last one stays
    one that checks no checksum         PUT, then read back             other bytes: deleted, and DependencyDown

Without conditions two writers may both be told True. Keys are made of a run's key or of the content's hash, so both
write the same bytes; where they would not, the key must not be shared.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from shared.storage.calls import Calls
from shared.storage.errors import Missing, down
from shared.storage.objects import checksum
from shared.storage.providers import Provider


@dataclass(frozen=True, slots=True)
class Source:
    """What is written: it can be opened again for another try."""

    body: bytes | Path
    size: int
    sha256: str

    def opened(self) -> AbstractContextManager[bytes | IO[bytes]]:
        """Plain bytes stay bytes: with a file botocore first waits for the server to say "100 Continue"."""
        return nullcontext(self.body) if isinstance(self.body, bytes) else self.body.open("rb")


def source_of(body: bytes | Path) -> Source:
    """Reads it all, a piece at a time; for a thread."""
    if isinstance(body, bytes):
        return Source(body, len(body), hashlib.sha256(body).hexdigest())
    with body.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Source(body, file.tell(), digest.hexdigest())


class Writer:
    """One bucket's. `read_back` gives the hash of what is stored."""

    def __init__(
        self, calls: Calls, bucket: str, provider: Provider, read_back: Callable[[str], Awaitable[str]]
    ) -> None:
        self._calls = calls
        self._bucket = bucket
        self._provider = provider
        self._read_back = read_back

    async def create(self, key: str, source: Source, content_type: str, limit: float) -> bool:
        if not self._provider.conditional_writes and await self._is_there(key):
            return False
        put = self._put(key, source, content_type)
        written = await self._calls(key, put, limit=limit)
        if written and not self._provider.checks_bytes:
            await self._check(key, source)
        return written

    def _put(self, key: str, source: Source, content_type: str) -> Callable[[Any], bool]:
        given: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": key,
            "ContentType": content_type,
            "ContentLength": source.size,
            "ChecksumSHA256": checksum(source.sha256),
        }
        if self._provider.conditional_writes:
            given["IfNoneMatch"] = "*"

        def put(s3: Any) -> bool:
            from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it ships no types

            try:
                with source.opened() as body:
                    return bool(s3.put_object(**given, Body=body)["ETag"])
            except ClientError as error:
                if error.response["ResponseMetadata"].get("HTTPStatusCode") == 412:
                    return False
                raise

        return put

    async def _is_there(self, key: str) -> bool:
        at = {"Bucket": self._bucket, "Key": key}
        try:
            return await self._calls(key, lambda s3: bool(s3.head_object(**at)["ETag"]))
        except Missing:
            return False

    async def _check(self, key: str, source: Source) -> None:
        """Deleted before it is told, because the next try would find it there and be content."""
        if await self._read_back(key) == source.sha256:
            return
        await self._calls(key, lambda s3: s3.delete_object(Bucket=self._bucket, Key=key))
        raise down("the bytes were damaged on the way")
