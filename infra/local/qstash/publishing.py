"""Accepts messages: finds their destinations, knows duplicates, and writes them down before anybody is told."""

from dataclasses import dataclass, replace

from infra.local.qstash.clock import Clock, Scale, milliseconds
from infra.local.qstash.destination import checked_url, is_group_name
from infra.local.qstash.errors import bad_request, not_found
from infra.local.qstash.ids import Ids
from infra.local.qstash.model import Entry, EventState, Message, Options
from infra.local.qstash.settings import Plan
from infra.local.qstash.store.dedup import WINDOW, dedup_key
from infra.local.qstash.store.opened import Store
from infra.local.qstash.store.topics import Endpoint


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to publish, to a URL or a URL group."""

    destination: str
    options: Options
    body: bytes
    caller_ip: str = ""
    queue: str | None = None
    schedule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    message_id: str
    deduplicated: bool
    url: str


@dataclass(frozen=True, slots=True)
class Published:
    """`entries` wait to be dispatched; a group has a receipt for each of its endpoints."""

    receipts: tuple[Receipt, ...]
    entries: tuple[Entry, ...]
    to_group: bool


class Publisher:
    def __init__(self, *, store: Store, clock: Clock, scale: Scale, ids: Ids, plan: Plan) -> None:
        self._store = store
        self._clock = clock
        self._scale = scale
        self._ids = ids
        self._plan = plan

    def publish(self, request: Request) -> Published:
        """Either all endpoints get their message or none; QStashError where it is refused."""
        topic = request.destination if is_group_name(request.destination) else None
        if topic is None:
            endpoints: tuple[Endpoint, ...] = (Endpoint(checked_url(request.destination)),)
        else:
            group = self._store.topics.get(topic)
            if group is None:
                raise not_found("url group", topic)
            endpoints = group.endpoints
        now = self._clock.now()
        asked = self._asked_time(request.options, now)
        with self._store.database.transaction():
            self._prepare(request)
            results = [self._accept(request, endpoint, topic, now, asked) for endpoint in endpoints]
        return Published(
            receipts=tuple(receipt for receipt, _ in results),
            entries=tuple(entry for _, entry in results if entry is not None),
            to_group=topic is not None,
        )

    def _asked_time(self, options: Options, now: float) -> float:
        """When it shall leave by the publisher's own clock; a fixed time wins over a delay."""
        if options.not_before is None:
            return now + (options.delay or 0.0)
        if options.not_before - now > self._plan.max_delay:
            raise bad_request(f"invalid not-before: this plan allows {self._plan.max_delay} seconds")
        return max(now, options.not_before)

    def _prepare(self, request: Request) -> None:
        if request.options.flow is not None:
            self._store.flows.learn(request.options.flow)
        if request.queue is not None and self._store.queues.get(request.queue) is None:
            if len(self._store.queues.all()) >= self._plan.max_queues:
                raise bad_request(f"this plan allows {self._plan.max_queues} queues")
            self._store.queues.create(request.queue, milliseconds(self._clock.now()))

    def _accept(
        self, request: Request, endpoint: Endpoint, topic: str | None, now: float, asked: float
    ) -> tuple[Receipt, Entry | None]:
        message = Message(
            id=self._ids.message(),
            url=endpoint.url,
            options=request.options,
            created_at=milliseconds(now),
            not_before=milliseconds(asked),
            caller_ip=request.caller_ip,
            topic=topic,
            endpoint=endpoint.name,
            queue=request.queue,
            schedule_id=request.schedule_id,
        )
        owner = self._owner(request, message, now)
        if owner != message.id:
            return Receipt(owner, deduplicated=True, url=message.url), None
        entry = self.insert(message, request.body, now + self._scale.wait(asked - now))
        return Receipt(message.id, deduplicated=False, url=message.url), entry

    def _owner(self, request: Request, message: Message, now: float) -> str:
        endpoint = message.url if message.topic is not None else ""
        key = dedup_key(request.options, destination=request.destination, body=request.body, endpoint=endpoint)
        if key is None:
            return message.id
        return self._store.dedup.first(key, message.id, now=now, window=self._scale.wait(WINDOW))

    def insert(self, message: Message, body: bytes, due_at: float) -> Entry:
        """Write a message and its first event."""
        with self._store.database.transaction():
            entry = self._store.messages.add(message, body, due_at)
            self._store.events.add(message, EventState.CREATED, message.created_at)
        return entry

    def again(self, message: Message, body: bytes, options: Options) -> tuple[str, Entry]:
        """A new message like an old one, due at once: what a dead letter becomes when it is retried."""
        now = self._clock.now()
        fresh = replace(
            message,
            id=self._ids.message(),
            options=options,
            created_at=milliseconds(now),
            not_before=milliseconds(now),
        )
        return fresh.id, self.insert(fresh, body, now)
