"""An object's bytes in pieces, whatever its size; a connection that breaks is taken up again where it broke."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from shared.aws.line import Line
from shared.storage.calls import LIMIT, Calls
from shared.storage.errors import down

PIECE: Final = 1_000_000
"""Bytes in memory at a time."""


async def pieces(calls: Calls, bucket: str, key: str, *, start: int = 0) -> AsyncGenerator[bytes]:
    """From byte `start` to the end. Raises DependencyDown where the object was replaced while it was read."""
    reading = _Reading(calls, bucket, key, start)
    try:
        while piece := await calls.again(reading.next):
            yield piece
    finally:
        reading.leave()


class _Reading:
    """`next` may be called again after it has failed."""

    def __init__(self, calls: Calls, bucket: str, key: str, start: int) -> None:
        self._calls = calls
        self._at = {"Bucket": bucket, "Key": key}
        self._key = key
        self._start = self._offset = start
        self._size: int | None = None
        self._etag: str | None = None
        self._body: Any = None
        self._line: Line | None = None

    async def next(self) -> bytes:
        """The next piece; empty at the end."""
        if self._size is not None and self._offset >= self._size:
            return b""
        if self._line is None:
            self._line = self._calls.line()
        try:
            piece = await self._calls.once(self._line, self._key, self._read, limit=LIMIT)
        except BaseException:
            self.leave()
            raise
        self._offset += len(piece)
        return piece

    def leave(self) -> None:
        """Closes the connection, if one is open: what was not read of the answer makes it unfit for another call."""
        body, self._body, self._line = self._body, None, None
        if body is not None:
            with contextlib.suppress(OSError):
                body.close()

    def _read(self) -> bytes:
        """In a thread."""
        if self._body is None and not self._open():
            return b""
        piece: bytes = self._body.read(PIECE)
        if self._offset + len(piece) == self._size:
            self._over()
        return piece

    def _open(self) -> bool:
        answer = ranged(self._calls.client, self._at, f"bytes={self._offset}-" if self._offset else "")
        if answer is None and self._etag is None:
            return False
        if answer is None or self._etag not in {None, answer["ETag"]}:
            _close(answer)
            raise down("the object was replaced while it was read", its_fault=False)
        if self._offset and not answer.get("ContentRange", "").startswith(f"bytes {self._offset}-"):
            _close(answer)
            raise down("an answer that is none of its own")
        self._etag, self._body = answer["ETag"], answer["Body"]
        self._size = self._offset + answer["ContentLength"]
        return True

    def _over(self) -> None:
        """The last byte was read: the connection goes back, and is no longer this line's to cut."""
        self._body.read(1)
        if self._line is not None:
            self._line.released()
        self._body = None


def ranged(s3: Any, at: Mapping[str, str], wanted: str) -> Mapping[str, Any] | None:
    """The store's answer, whose body is open; None where the range begins behind the end."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it ships no types

    try:
        answer: Mapping[str, Any] = s3.get_object(**at, **({"Range": wanted} if wanted else {}))
    except ClientError as error:
        if error.response["ResponseMetadata"].get("HTTPStatusCode") == 416:
            return None
        raise
    if "ETag" not in answer:
        _close(answer)
        raise down("an answer that is none of its own")
    return answer


def _close(answer: Mapping[str, Any] | None) -> None:
    if answer is not None:
        answer["Body"].close()
