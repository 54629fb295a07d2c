"""What a job promises: its name, its payload, and how long it may take, wait and be repeated.

A contract is light (pydantic and nothing else), so that every function which publishes can carry all of them.

    one delivery      deadline + margin  <  timeout (Lambda)  <  lease, and  <  QStash's timeout
    all deliveries    sum of the waits + tries x timeout  <=  effects_live
                      or a repeat could come when the effect's own idempotency key has been forgotten
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel

MARGIN: Final = 5.0
"""Seconds kept for settling after the work's deadline."""
LEASE_SLACK: Final = 10.0
"""Seconds by which a lease outlives the Lambda that holds it."""


class Payload(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """What a job is asked to do. Unknown fields are refused; input never appears in an error."""


P = TypeVar("P", bound=Payload)


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits between tries, in seconds: first, first x factor, first x factor^2 .. up to cap."""

    first: float = 10
    factor: float = 5
    cap: float = 1800

    def wait(self, retried: int) -> float:
        return min(self.cap, self.first * self.factor**retried)

    @property
    def expression(self) -> str:
        """The same waits as QStash's Upstash-Retry-Delay (milliseconds), for a delivery that could not answer."""
        return f"min({_plain(self.cap * 1000)}, {_plain(self.first * 1000)} * pow({_plain(self.factor)}, retried))"


def _plain(number: float) -> str:
    """All its digits, and no exponent."""
    return f"{Decimal(str(number)):f}"


@dataclass(frozen=True, slots=True)
class FlowControl:
    """QStash's limit on one job's deliveries: at a time, and per `period` seconds."""

    parallelism: int | None = None
    rate: int | None = None
    period: int = 1


class Principal(Protocol):
    """Who asks: the id that will own the run, and what it may do."""

    @property
    def id(self) -> str: ...
    @property
    def scopes(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class PublicFace(Generic[P]):
    """How a caller of the API may start the job.

    `model` is what the caller sends. `authorize` decides, and stamps what a caller may not choose (owner, recipients,
    keys, URLs): it returns the job's payload, or raises PermissionError.
    """

    model: type[BaseModel]
    authorize: Callable[[Principal, Any], P]
    costly: bool = False
    """Whether each run is paid for, as by the token at a model's provider: a caller may start far fewer of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Generic[P]):
    """One job's promises. `tries` counts deliveries that began to work, the first one included."""

    name: str
    payload: type[P]
    timeout: float
    """The Lambda's timeout in seconds; serverless.yml must say the same."""
    deadline: float
    """Seconds that the work of one delivery may take."""
    tries: int = 5
    backoff: Backoff = Backoff()
    max_age: timedelta = timedelta(days=3)
    """A run that has not ended this long after it was due is failed as expired."""
    version: int = 1
    upcast: Callable[[int, dict[str, Any]], dict[str, Any]] | None = None
    """Lifts a payload of an older version (first argument) to the present one."""
    flow_control: FlowControl | None = None
    effects_live: timedelta | None = None
    """How long the receivers of this job's effects remember its key; None where they do for ever."""
    heartbeat: float | None = None
    """Seconds between renewals of a lease of three times as long. None: one lease for the whole invocation."""
    public: PublicFace[P] | None = None
    accepts_plain: bool = False
    """Takes a body without a run id: a plain publisher's, known by its message id."""
    singleton: bool = False
    """A cron: one record for ever, one worker at a time, no budget."""
    raises_alert: bool = True
    masked: frozenset[str] = frozenset()
    """Payload fields that the API never shows."""
    editable: frozenset[str] = frozenset()
    """Payload fields that an operator may change when a failed run is replayed; none that a server stamps (case 31)."""

    def lease(self, remaining: float) -> float:
        """Seconds for which a claim or a renewal holds the run, with so many left of its invocation."""
        return self.heartbeat * 3 if self.heartbeat else remaining + LEASE_SLACK

    @property
    def span(self) -> timedelta:
        """From the first delivery's start to the last one's end, by the contract's own waits.

        Jitter, a longer `retry_after` and a throttled queue come on top: the effect itself checks when it runs.
        """
        return timedelta(seconds=sum(map(self.backoff.wait, range(self.tries - 1))) + self.tries * self.timeout)

    def faults(self) -> list[str]:
        """What is wrong with this contract, in words; a test demands that nothing is."""
        wrong = []
        if self.deadline + MARGIN >= self.timeout:
            wrong.append(f"deadline {self.deadline:g} s + margin {MARGIN:g} s is not under timeout {self.timeout:g} s")
        if self.effects_live is not None and self.span > self.effects_live:
            wrong.append(f"retries span {self.span}, longer than its effects are remembered ({self.effects_live})")
        if self.span > self.max_age and not self.singleton:
            wrong.append(f"retries span {self.span}, longer than the run may live ({self.max_age})")
        if self.timeout > 15 * 60:
            wrong.append("a Lambda ends after 15 minutes")
        if self.version > 1 and self.upcast is None:
            wrong.append(f"version {self.version} has no upcast from the versions before it")
        if self.accepts_plain and self.singleton:
            wrong.append("a cron needs no plain payload: its record is its own")
        if unknown := sorted(self.editable - self.payload.model_fields.keys()):
            wrong.append(f"editable names what is no field of the payload: {', '.join(unknown)}")
        return wrong
