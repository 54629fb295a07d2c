"""A schedule as it should be, and as QStash has it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """What decides when which function is called, and with what: all of it is compared, and no more is ever set."""

    destination: str
    cron: str
    body: str = ""
    retries: int = 0
    """None: a cron that was missed is not made up for, the next turn does its work."""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Found:
    """`paused` is a person's doing and no difference: whoever stopped a cron did not want it started by a deploy."""

    schedule: Schedule
    paused: bool = False
