"""What a job promises: its name, its payload, and how long it may take, wait and be repeated.

A contract is light (pydantic and nothing else), so that every function which publishes can carry all of them.

    one delivery      deadline + margin  <  timeout (Lambda)  <  lease, and  <  QStash's timeout
    all deliveries    sum of the waits + tries x timeout  <=  effects_live
                      or a repeat could come when the effect's own idempotency key has been forgotten

What a run carries (its payload, and the cursor of long work) has a version, because it may meet other code than that
which wrote it: functions are deployed one after another while runs are on their way, and a deploy may be taken back.

    older than the code      lifted when it is read: `upcast`, `upcast_cursor`
    newer than the code      left alone at the claim until newer code is there; that costs no try
    `writes` an older one    lowered when it is written, while a deploy that knows nothing newer could come back
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from shared.errors import RetryableError

MARGIN: Final = 5.0
"""Seconds kept for settling after the work's deadline."""
LEASE_SLACK: Final = 10.0
"""Seconds by which a lease outlives the Lambda that holds it."""
UNLIFTABLE: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What `upcast`, and validation after it, may make of what has another shape."""


class Payload(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True):
    """What a job is asked to do. Unknown fields are refused; input never appears in an error.

    pydantic compiles a model when it is first used: a publisher carries many contracts and starts one job.
    """


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


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


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
    """Of the payload's shape and the cursor's: another shape, even by one more field, is another version."""
    upcast: Callable[[int, dict[str, Any]], dict[str, Any]] | None = None
    """Lifts a payload of an older version (first argument) to the present one."""
    upcast_cursor: Callable[[int, Any], Any] | None = None
    """The same for a cursor; None where its shape is still the same."""
    writes: int | None = None
    """An older version, for as long as that is what is written. None: the present one."""
    downcast: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Lowers a present payload to the version that is written."""
    downcast_cursor: Callable[[Any], Any] | None = None
    """The same for a cursor; None where none is lifted."""
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

    @property
    def written(self) -> int:
        """The version of what this code writes."""
        return self.version if self.writes is None else self.writes

    def encode(self, payload: P) -> str:
        """The payload as JSON, in the version that is written."""
        if self.downcast is None or self.written == self.version:
            return payload.model_dump_json()
        return _json(self.downcast(payload.model_dump(mode="json")))

    def encode_cursor(self, cursor: Any) -> str:
        """The same for a cursor, which is JSON data."""
        if self.downcast_cursor is None or self.written == self.version:
            return _json(cursor)
        return _json(self.downcast_cursor(cursor))

    def decode(self, version: int, data: str) -> P:
        """The payload that was written in a version, lifted to the present one.

        Raises pydantic's ValidationError, and RetryableError for a version that only newer code can read.
        """
        if version > self.version:
            raise RetryableError(f"payload version {version} is newer than this code's {self.version}")
        if self.upcast is None or version == self.version:
            return self.payload.model_validate_json(data)
        return self.payload.model_validate_json(to_json(self.lift(version, data)))

    def lift(self, version: int, data: str) -> Any:
        """What was written in a version, as it would be said in the present one; whether it is valid is not asked."""
        old = json.loads(data)
        return old if self.upcast is None or version == self.version else self.upcast(version, old)

    def reads_the_same(self, payload: P) -> bool:
        """When the job gets it: what is written may hold less than what is meant."""
        return self.decode(self.written, self.encode(payload)) == payload

    def version_of(self, data: str) -> int:
        """Of a body that does not say: the newest in which it is valid; the present one if it is valid in none."""
        for version in range(self.version, 0, -1):
            try:
                self.decode(version, data)
            except UNLIFTABLE:
                continue
            return version
        return self.version

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
        if self.accepts_plain and self.singleton:
            wrong.append("a cron needs no plain payload: its record is its own")
        if unknown := sorted(self.editable - self.payload.model_fields.keys()):
            wrong.append(f"editable names what is no field of the payload: {', '.join(unknown)}")
        return [*wrong, *self._faults_of_versions()]

    def _faults_of_versions(self) -> Iterator[str]:
        if self.version > 1 and self.upcast is None:
            yield f"version {self.version} has no upcast from the versions before it"
        if not 1 <= self.written <= self.version:
            yield f"it writes version {self.written}, and reads 1 to {self.version}"
        if self.written != self.version and self.downcast is None:
            yield f"it writes version {self.written}, and has no downcast to it"
        if self.written != self.version and (self.upcast_cursor is None) != (self.downcast_cursor is None):
            yield f"it writes version {self.written}, and has upcast_cursor or downcast_cursor without the other"
        if self.singleton and self.version > 1:
            yield "a cron carries nothing that could have versions, and its one record lives for ever"
