"""A zip whose bytes depend on nothing but names and contents: sorted, of one time and mode, deflated at one level.

(And on zlib: another version of it may find a shorter way to say the same.) What most functions carry is deflated once
and put into each zip as it is, which zipfile can't: so the few records of the format are written here
(https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16).
"""

import stat
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

LEVEL: Final = 6
"""Of deflate: 9 takes three times as long to save one part in a hundred."""
MODE: Final = stat.S_IFREG | 0o644
"""Lambda's user is nobody in particular: all may read."""

_ENTRY: Final = struct.Struct("<4s5H3I2H")
_LISTED: Final = struct.Struct("<4s2B5H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_KEPT: Final = struct.Struct("<2I")
_VERSION, _UNIX, _UTF8, _DEFLATED = 20, 3, 1 << 11, 8
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01 00:00, the first that a zip can tell


@dataclass(frozen=True, slots=True)
class Deflated:
    """One file's content, as it stands in a zip."""

    size: int
    """Bytes, inflated."""
    crc: int
    body: bytes

    @classmethod
    def of(cls, content: bytes) -> Self:
        return cls(len(content), zlib.crc32(content), zlib.compress(content, LEVEL, wbits=-zlib.MAX_WBITS))

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` has kept."""
        kept = path.read_bytes()
        size, crc = _KEPT.unpack_from(kept)
        return cls(size, crc, kept[_KEPT.size :])

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_KEPT.pack(self.size, self.crc) + self.body)


def write(files: Mapping[str, Deflated], path: Path) -> None:
    """`files` are by their names in the zip."""
    listing = bytearray()
    with path.open("wb") as file:
        for name, content in sorted(files.items()):
            told = name.encode()
            numbers = (content.crc, len(content.body), content.size)
            common = (_VERSION, _UTF8, _DEFLATED, _TIME, _DATE, *numbers, len(told), 0)
            listing += _LISTED.pack(b"PK\1\2", _VERSION, _UNIX, *common, 0, 0, 0, MODE << 16, file.tell()) + told
            file.write(_ENTRY.pack(b"PK\3\4", *common) + told)
            file.write(content.body)
        end = _END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(listing), file.tell(), 0)
        file.write(listing + end)
