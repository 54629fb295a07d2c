"""How an invocation ended, before a Function URL or an HTTP API puts it in its own words.

Answered         the function returned, this is its JSON
Failed           it raised, was killed, ran out of time, or could not be started
Throttled        all of its concurrency is taken; nothing was run
RequestTooLarge  the event is over the limit; nothing was run
"""

from dataclasses import dataclass
from typing import Final

TIMED_OUT: Final = "Sandbox.Timedout"
EXITED: Final = "Runtime.ExitError"
TOO_LARGE: Final = "Function.ResponseSizeTooLarge"


@dataclass(frozen=True, slots=True)
class Answered:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    error_type: str
    message: str


@dataclass(frozen=True, slots=True)
class Throttled:
    pass


@dataclass(frozen=True, slots=True)
class RequestTooLarge:
    pass


Outcome = Answered | Failed | Throttled | RequestTooLarge


PLATFORM: Final = frozenset({TIMED_OUT, EXITED, TOO_LARGE})
"""Failures that the platform logs; of all others the runtime client in the function has spoken."""


def timed_out(seconds: float) -> Failed:
    return Failed(TIMED_OUT, f"Task timed out after {seconds:.2f} seconds")
