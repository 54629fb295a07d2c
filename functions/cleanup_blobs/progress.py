"""How far a turn is: from leg to leg it goes as the cursor, and in the end it is the result."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Progress:
    began: int
    """Milliseconds since the epoch: what is due is due by then, in every leg."""
    phase: str | None
    """The pass that it is in (cleaning.py); None: all are done."""
    at: Any = None
    """Where in the pass."""
    seen: int = 0
    """Objects in the bucket, and their bytes."""
    bytes: int = 0
    foreign: int = 0
    """Those whose key is none of ours."""
    marked: int = 0
    unmarked: int = 0
    waiting: int = 0
    """Marked, and not long enough."""
    due: int = 0
    """Marked long enough, and still without an owner: what the sweep is about."""
    refused: bool = False
    failed: int = 0
    """Objects that the store did not delete: the next turn tries again."""
    deleted: dict[str, list[int]] = field(default_factory=dict)
    """Count and bytes by reason; in a dry run those that would be."""

    def add(self, reason: str, count: int, size: int) -> None:
        before = self.deleted.get(reason, (0, 0))
        self.deleted[reason] = [before[0] + count, before[1] + size]

    def result(self, *, dry_run: bool) -> dict[str, Any]:
        told = ("seen", "bytes", "foreign", "marked", "unmarked", "waiting", "due", "refused", "failed")
        freed = {reason: {"count": count, "bytes": size} for reason, (count, size) in sorted(self.deleted.items())}
        return {"dry_run": dry_run, **{name: getattr(self, name) for name in told}, "deleted": freed}
