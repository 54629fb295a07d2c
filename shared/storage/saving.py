"""Brings an object to the Lambda's own disk: under a temporary name, counted and hashed, then renamed (case 29)."""

import hashlib
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from shared.storage.errors import TooLarge, down
from shared.threads import Threads


async def saved(
    pieces: AsyncGenerator[bytes], path: Path, *, key: str, most: int, sha256: str | None, threads: Threads
) -> int:
    part = _Part(path)
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                part.expect(len(piece), key, most)
                await threads.run(part.take, piece)
        part.keep(sha256)
    finally:
        part.discard()
    return part.size


class _Part:
    """A file that is not whole yet."""

    def __init__(self, path: Path) -> None:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        self._file = os.fdopen(handle, "wb")
        self._part = Path(name)
        self._path = path
        self._digest = hashlib.sha256()
        self.size = 0

    def expect(self, more: int, key: str, most: int) -> None:
        self.size += more
        if self.size > most:
            raise TooLarge(key, most)

    def take(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._file.write(piece)

    def keep(self, sha256: str | None) -> None:
        if sha256 is not None and self._digest.hexdigest() != sha256.lower():
            raise down("the bytes are not those that were promised", its_fault=False)
        self._file.close()
        self._part.replace(self._path)

    def discard(self) -> None:
        """What is left of it; nothing when it was kept."""
        self._file.close()
        self._part.unlink(missing_ok=True)
