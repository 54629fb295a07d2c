"""How far a run is: from leg to leg it goes as the cursor, and in the end it is the result."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    lag: int
    """Milliseconds that the oldest change had been waiting for when the run began."""
    comparing: str | None
    """The last part of the index that was compared, empty before the first one; None: there is nothing to compare."""
    compared: int = 0
    drifted: int = 0
    """Documents that differed."""
    indexed: int = 0
    removed: int = 0
    left: list[str] = field(default_factory=list)
    """Documents that could not be brought in even alone."""
