"""Two numbers that a slow path and its owner share: the delay that is wanted, and the round trips that were seen."""

import mmap
import struct
from pathlib import Path
from typing import Final

_NUMBERS: Final = struct.Struct("dd")


class Dial:
    """The owner sets the delay and reads the count, the path the other way round: no number has two writers."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_NUMBERS.pack(0.0, 0.0))
        with file.open("r+b") as opened:
            self._numbers = memoryview(mmap.mmap(opened.fileno(), _NUMBERS.size)).cast("d")

    @property
    def delay(self) -> float:
        """Seconds that a round trip takes longer."""
        return self._numbers[0]

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._numbers[0] = seconds

    @property
    def trips(self) -> int:
        """Round trips since the path was opened."""
        return int(self._numbers[1])

    def count(self) -> None:
        self._numbers[1] += 1
