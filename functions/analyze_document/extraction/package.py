"""The ZIP that a Word document is, opened with suspicion: a part is expanded only when it is read, and only so far.

    what the list of contents claims      as many parts as any document has, of the two kinds of compression that the
                                          standard allows (ECMA-376, part 2), none of them encrypted
    what comes out                        counted as it comes: SMALL bytes, or EXPANSION times the file's own size

The list may lie: zipfile gives no more of a part than its claimed size, and checks the sum of that.
"""

import mmap
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from functions.analyze_document.extraction.declines import declined

MOST_PARTS: Final = 10_000
SMALL: Final = 50_000_000
"""Bytes that any file may expand to."""
EXPANSION: Final = 50
"""By which a document's XML shrinks at the very most."""
MOST: Final = 500_000_000
"""Bytes that none may expand to, of the parts that are read."""
CHUNK: Final = 1_000_000
"""Bytes. A token that is longer is read anew with every chunk by the expat of Python 3.11."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: how Word stored documents until 2003, and how it stores encrypted ones (MS-OFFCRYPTO, 2.3.4)."""
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_COMPRESSED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED_FLAG: Final = 0x1
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)
"""What zipfile raises for what is not a whole ZIP."""


class Package:
    """To be closed. Names of parts are told apart without regard to case, as the standard has it."""

    def __init__(self, archive: zipfile.ZipFile, room: int) -> None:
        self._archive = archive
        self._room = room
        self._parts = {info.filename.lower(): info for info in archive.infolist()}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises Decline."""
        try:
            archive = zipfile.ZipFile(path)
        except BROKEN as error:
            raise declined("encrypted" if _is_encrypted(path) else "damaged") from error
        parts = len(archive.infolist())
        if parts > MOST_PARTS:
            archive.close()
            raise declined("too_complex", parts=parts)
        return cls(archive, min(MOST, max(SMALL, EXPANSION * path.stat().st_size)))

    def close(self) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def part(self, name: str) -> Iterator[bytes]:
        """In chunks. Raises KeyError, Decline."""
        info = self._parts[name.lower()]
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise declined("encrypted")
        if info.compress_type not in _COMPRESSED:
            raise declined("damaged")
        try:
            with self._archive.open(info) as part:
                while chunk := part.read(CHUNK):
                    self._room -= len(chunk)
                    if self._room < 0:
                        raise declined("too_complex")
                    yield chunk
        except BROKEN as error:
            raise declined("damaged") from error


def resolved(source: str, target: str) -> str:
    """The name of the part that `source` refers to as `target`."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_ENCRYPTED) >= 0
