"""What turns make of a part, and parts of the whole: once is never enough, and what alternates changes nothing.

A part becomes the middle one of three: what it is, what the turn before found, and what this turn found.

    it is       the turn before    this turn     it becomes
    ---------   ----------------   -----------   ---------------------------------------------------------------
    healthy     healthy            down          healthy     one lost packet, one deploy of a service
    healthy     down               down          down        twice in a row
    healthy     degraded           down          degraded    both are worse, and so much is sure
    down        down               healthy       down        a service that comes back only for a moment
    down        healthy            healthy       healthy     twice in a row
    degraded    healthy            down          degraded    what alternates stays what it was

So a status lies between what the last two turns found, is what they agree on, and moves no further than it must. A part
begins as healthy. A turn so long ago that it is not "in a row" any more counts as one that found what the part is.

    the whole is    when
    -------------   ----------------------------------------------------------------------------------------
    down            a part is down without which nothing works: MongoDB, QStash
    degraded        another part is not healthy: a dependency, the relay, or a backlog that has waited too long
    healthy         otherwise

A status is `since` the turn before the one that was sure of it: that was the first to find it.
"""

from collections.abc import Mapping
from typing import Final

from shared.health.model import BADNESS, Look, Part, Status

ESSENTIAL: Final = frozenset({"mongodb", "qstash"})
"""Without the first nothing is accepted or done; without the second it is accepted, and not done."""


def judged(before: Part | None, look: Look, *, at: int, gap: int) -> Part:
    """The part after a turn at `at`; two turns more than `gap` apart are not in a row. Both in milliseconds."""
    before = before or Part(Status.HEALTHY, since=at, found_at=at)
    last = before.found if at - before.found_at <= gap else before.status
    status = sorted((before.status, last, look.found), key=BADNESS.__getitem__)[1]
    return Part(
        status,
        since=before.since if status is before.status else before.found_at,
        why=_why(before, look, status),
        latency=look.latency,
        found=look.found,
        found_at=at,
    )


def _why(before: Part, look: Look, status: Status) -> str:
    """One good turn does not make forget what was wrong."""
    if status is Status.HEALTHY:
        return ""
    return before.why if look.found is Status.HEALTHY else look.why


def whole(parts: Mapping[str, Part]) -> tuple[Status, tuple[str, ...]]:
    """Its status, and a line for each part that is not healthy, the worst first."""
    wrong = sorted(
        ((name, part) for name, part in parts.items() if part.status is not Status.HEALTHY),
        key=lambda one: (-BADNESS[one[1].status], one[0] not in ESSENTIAL, one[0]),
    )
    down = any(name in ESSENTIAL and part.status is Status.DOWN for name, part in wrong)
    status = Status.DOWN if down else Status.DEGRADED if wrong else Status.HEALTHY
    return status, tuple(_line(name, part) for name, part in wrong)


def _line(name: str, part: Part) -> str:
    """For people: `qstash is down: no answer in 5 s`, `pending: the oldest of 9 has waited for 25 min`."""
    return f"{name} is down: {part.why}" if part.status is Status.DOWN else f"{name}: {part.why}"
