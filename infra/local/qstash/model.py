"""What a message is: how it shall be delivered (`Options`) and what it became when it was accepted (`Message`)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

Headers = dict[str, list[str]]


class State(StrEnum):
    """Where a message is in its life.

    WAITING -> ACTIVE -> DELIVERED | FAILED | WAITING again (a retry); WAITING -> CANCELED.
    """

    WAITING = "waiting"
    ACTIVE = "active"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


class EventState(StrEnum):
    """QStash's names for what is written in the log."""

    CREATED = "CREATED"
    ACTIVE = "ACTIVE"
    RETRY = "RETRY"
    ERROR = "ERROR"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True)
class FlowControl:
    """A limit shared by all messages with one key; `period` in seconds."""

    key: str
    parallelism: int | None = None
    rate: int | None = None
    period: int = 1


@dataclass(frozen=True, slots=True)
class Callback:
    """Where an attempt's answer goes, as a message of its own."""

    url: str
    options: "Options"


@dataclass(frozen=True, slots=True)
class Options:
    """What a publisher asked for. Delays and timeouts in seconds, `not_before` in Unix seconds."""

    method: str = "POST"
    headers: Headers = field(default_factory=dict)
    retries: int = 3
    retry_delay: str | None = None
    timeout: float | None = None
    delay: float | None = None
    not_before: float | None = None
    callback: Callback | None = None
    failure_callback: Callback | None = None
    flow: FlowControl | None = None
    label: str | None = None
    redact: tuple[str, ...] = ()
    deduplication_id: str | None = None
    content_deduplication: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """An accepted message without its body. Times in Unix milliseconds, as QStash shows them."""

    id: str
    url: str
    options: Options
    created_at: int
    not_before: int
    caller_ip: str = ""
    topic: str | None = None
    endpoint: str | None = None
    queue: str | None = None
    schedule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the message, its bytes, and how often it was retried before."""

    message: Message
    body: bytes
    retried: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a destination said; `status` 0 and `error` when it said nothing."""

    status: int
    headers: Headers
    body: bytes
    error: str | None = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Entry(NamedTuple):
    """What the dispatcher keeps in memory of a waiting message; ordered by time, then by arrival."""

    due_at: float
    seq: int
    id: str
    queue: str | None
    flow_key: str | None
