"""Publishes what the schedules say, each at its cron's moments; what was missed while down is not made up."""

import asyncio
from collections.abc import Callable, Iterable

from infra.local.qstash.clock import Clock, Scale
from infra.local.qstash.cron import next_firing
from infra.local.qstash.errors import QStashError
from infra.local.qstash.model import Entry
from infra.local.qstash.publishing import Publisher, Request
from infra.local.qstash.store.schedules import Schedule, Schedules, Timetable

_LONGEST_SLEEP = 60.0


class Scheduler:
    def __init__(
        self,
        *,
        schedules: Schedules,
        clock: Clock,
        scale: Scale,
        publisher: Publisher,
        dispatch: Callable[[Iterable[Entry]], None],
    ) -> None:
        self._schedules = schedules
        self._clock = clock
        self._scale = scale
        self._publisher = publisher
        self._dispatch = dispatch
        self._news = asyncio.Event()

    def next_at(self, plan: Timetable) -> float:
        """ValueError where the cron is none."""
        now = self._clock.now()
        return next_firing(plan.cron, now=now, origin=plan.created_at / 1000, scale=self._scale)

    def changed(self) -> None:
        self._news.set()

    async def run(self) -> None:
        while True:
            self._news.clear()
            for schedule in self._schedules.due(self._clock.now()):
                self._fire(schedule)
            soonest = self._schedules.next_at()
            pause = _LONGEST_SLEEP if soonest is None else min(_LONGEST_SLEEP, soonest - self._clock.now())
            try:
                async with asyncio.timeout(max(0.0, pause)):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _fire(self, schedule: Schedule) -> None:
        plan = schedule.plan
        request = Request(
            destination=plan.destination,
            options=plan.options,
            body=schedule.body,
            caller_ip=plan.caller_ip,
            queue=plan.queue,
            schedule_id=plan.id,
        )
        messages: list[str] = []
        error = None
        try:
            published = self._publisher.publish(request)
        except QStashError as refusal:
            # Its URL group may be gone by now: the schedule goes on and shows why nothing was sent.
            error = refusal.message
        else:
            messages = [receipt.message_id for receipt in published.receipts]
            self._dispatch(published.entries)
        now = self._clock.now()
        self._schedules.fired(plan.id, now=now, next_at=self.next_at(plan), messages=messages, error=error)
