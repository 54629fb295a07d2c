"""The parts of a large text file that tell its encoding: pieces from its beginning to its end."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SAMPLES: Final = 16
SAMPLE: Final = 65_536
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Samples:
    """`pieces` begin and end anywhere, inside a character too; the first one is the file's beginning."""

    pieces: tuple[bytes, ...]

    @property
    def beginning(self) -> bytes:
        return self.pieces[0]

    @property
    def joined(self) -> bytes:
        return b"".join(self.pieces)

    def decode_by(self, encoding: str) -> bool:
        """Whether all of them do, but for a character that is cut at an end of one."""
        return all(_decodes(piece, encoding, first=number == 0) for number, piece in enumerate(self.pieces))


def samples_of(path: Path) -> Samples:
    """A short file is one piece."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= SAMPLES * SAMPLE:
            return Samples((file.read(),))
        pieces = []
        for number in range(SAMPLES):
            file.seek((size - SAMPLE) * number // (SAMPLES - 1) & ~3)  # where no unit of two or four bytes is cut
            pieces.append(file.read(SAMPLE))
    return Samples(tuple(pieces))


def _decodes(piece: bytes, encoding: str, *, first: bool) -> bool:
    for start in range(1 if first else 4):
        try:
            codecs.getincrementaldecoder(encoding)().decode(piece[start:])
        except UnicodeDecodeError:
            continue
        return True
    return False
