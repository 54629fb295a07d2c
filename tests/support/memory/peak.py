"""The peak of a process's memory, counted from a moment of one's own choosing (Linux: proc(5), `clear_refs`).

rusage would begin with what the parent held, and the peak of importing would hide what comes after it.
"""

import os
import re
from pathlib import Path


class Peak:
    """Of one process, this one or a child that still lives. It is forgotten when this is made, and counted anew."""

    def __init__(self, pid: int | None = None) -> None:
        self._proc = Path("/proc") / str(pid or os.getpid())
        (self._proc / "clear_refs").write_text("5")
        self._before = self._kilobytes("VmRSS")

    @property
    def grown(self) -> int:
        """Bytes of the highest peak since, over what was held at that moment."""
        return max(0, self._kilobytes("VmHWM") - self._before) * 1024

    def _kilobytes(self, what: str) -> int:
        found = re.search(rf"^{what}:\s+(\d+) kB$", (self._proc / "status").read_text(), re.MULTILINE)
        if found is None:
            raise RuntimeError(f"{self._proc} tells no {what}")
        return int(found[1])
