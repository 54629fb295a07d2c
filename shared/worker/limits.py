"""What a worker may take of the machine. The child sets it on itself, before it imports anything heavy."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes. `memory` is address space: beyond it an allocation fails, which Python calls MemoryError.

    Libraries map more than they use, so it is set well below the Lambda's memory only where that was tried.
    """

    memory: int
    file_size: int = 0
    """Of any one file that it writes; 0: it writes none."""

    def set(self) -> None:
        """In the child. None of these can be raised again."""
        for limit, value in (
            (resource.RLIMIT_AS, self.memory),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (value, value))
