"""Wires the server's parts together and runs those that work in the background."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from infra.local.qstash.attempts import Attempts
from infra.local.qstash.clock import Clock, Scale, SystemClock
from infra.local.qstash.delivery import Carrier
from infra.local.qstash.dispatcher import Dispatcher
from infra.local.qstash.gates import Gates, flow_gate
from infra.local.qstash.ids import SYSTEM_RANDOM, Ids, Random
from infra.local.qstash.publishing import Published, Publisher, Request
from infra.local.qstash.scheduler import Scheduler
from infra.local.qstash.settings import Settings
from infra.local.qstash.store.events import RETENTION
from infra.local.qstash.store.opened import Store, open_store

_LOG = logging.getLogger(__name__)
_CLEANING: Final = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """What comes from outside, and what a test may bring instead."""

    clock: Clock = field(default_factory=SystemClock)
    random: Random = SYSTEM_RANDOM
    transport: httpx.AsyncBaseTransport | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with."""

    settings: Settings
    clock: Clock
    ids: Ids
    store: Store
    gates: Gates
    carrier: Carrier
    publisher: Publisher
    dispatcher: Dispatcher
    scheduler: Scheduler

    def publish(self, request: Request) -> Published:
        published = self.publisher.publish(request)
        self.dispatcher.add(published.entries)
        if request.options.flow is not None:
            # It may have brought wider limits.
            self.dispatcher.open(flow_gate(request.options.flow.key))
        return published


def build(settings: Settings, world: World) -> Service:
    store, clock, ids = open_store(settings), world.clock, Ids(world.random)
    scale = Scale(settings.time_scale)
    gates = Gates(queues=store.queues, flows=store.flows, clock=clock)
    carrier = Carrier(
        clock=clock,
        ids=ids,
        keys=store.keys,
        parallelism=settings.parallelism,
        default_timeout=settings.plan.max_timeout,
        transport=world.transport,
    )
    publisher = Publisher(store=store, clock=clock, scale=scale, ids=ids, plan=settings.plan)
    attempts = Attempts(store=store, clock=clock, scale=scale, ids=ids, carrier=carrier, publisher=publisher)
    dispatcher = Dispatcher(clock=clock, gates=gates, attempt=attempts.make, parallelism=settings.parallelism)
    scheduler = Scheduler(
        schedules=store.schedules, clock=clock, scale=scale, publisher=publisher, dispatch=dispatcher.add
    )
    return Service(settings, clock, ids, store, gates, carrier, publisher, dispatcher, scheduler)


@asynccontextmanager
async def running(settings: Settings, world: World) -> AsyncIterator[Service]:
    """The service with its background work; everything that waits is taken up again first."""
    service = build(settings, world)
    for entry in service.store.messages.started():
        service.gates.keep_place(entry)
    service.dispatcher.add(service.store.messages.recover())
    tasks = [asyncio.create_task(work) for work in (service.dispatcher.run(), service.scheduler.run(), _clean(service))]
    for task in tasks:
        task.add_done_callback(_tell_if_broken)
    try:
        yield service
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.carrier.close()
        service.store.database.close()


def _tell_if_broken(task: asyncio.Task[None]) -> None:
    """Background work ends with the server; if it ends before, nothing is delivered any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _LOG.critical("the server's background work broke", exc_info=error)


async def _clean(service: Service) -> None:
    """Forget, once a minute, what is older than QStash would keep it."""
    while True:
        now = service.clock.now()
        service.store.messages.purge(now, RETENTION)
        service.store.events.purge(now, RETENTION)
        service.store.dlq.purge(now, service.settings.plan.dlq_retention)
        await asyncio.sleep(_CLEANING)
