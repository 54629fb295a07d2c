"""What AWS calls for a job: the door between Lambda's synchronous call and the job runtime.

@job(CONTRACT)                                        # functions/bundle.py
async def handler(payload: MyPayload, context: JobContext[None]) -> None: ...
"""

import os
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, Final, Protocol

from shared import degraded
from shared.answers import LambdaAnswer
from shared.clock import World
from shared.contract import Contract
from shared.degraded import Fallbacks
from shared.delivery import Delivery, Handled, crashed
from shared.ends import Evidence
from shared.enqueue import Contracts, Enqueuer
from shared.errors import ConfigurationError
from shared.observability import DeliveryLine, report
from shared.process import Process
from shared.runs.finish import Alert
from shared.runtime import JobRuntime, Remaining
from shared.told import where
from shared.tracing import traced
from shared.work import Work

LEFTOVER_EXIT: Final = 70


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


class JobHandler:
    """One job's Lambda handler. Nothing is built before the first event."""

    def __init__(
        self,
        contract: Contract[Any],
        work: Work,
        *,
        contracts: Callable[[], Contracts],
        services: Callable[[Process], Any],
        alert: Callable[[Process], Alert],
        evidence: Callable[[Process], Evidence] | None = None,
        process: Process | None = None,
        leave: Callable[[int], Any] = os._exit,
    ) -> None:
        self.contract = contract
        self.work = work
        self._contracts = contracts
        self._services = services
        self._alert = alert
        self._evidence = evidence
        self._process = process or Process(contract.name)
        self._leave = leave
        self._warm = False
        self._publishing: Enqueuer | None = None

    def __call__(self, event: object, context: LambdaContext) -> LambdaAnswer:
        process = self._process
        if process.threads.alive:
            # Before anything is claimed: the thread of an earlier run could still have its effect (case 12).
            process.log.error("left: a thread of an earlier delivery is still alive")
            self._leave(LEFTOVER_EXIT)
        world: World = process.world
        cold, self._warm = not self._warm, True
        started = world.monotonic()
        ends = started + context.get_remaining_time_in_millis() / 1000
        with degraded.watched() as fallbacks:
            handled = self._handle(event, lambda: ends - world.monotonic())
        line = self._line(handled, fallbacks, cold=cold, milliseconds=round((world.monotonic() - started) * 1000))
        report(process.log, line)
        return handled.answer.for_lambda()

    def warm(self) -> None:
        """Import and build what a delivery needs, by one that is refused before anybody is called."""
        self._services(self._process)
        self._process.run(self._runtime.deliver({}, lambda: 1.0))

    def forget(self) -> None:
        self.__dict__.pop("_runtime", None)
        self._publishing, self._warm = None, False
        self._process.forget()

    def _handle(self, event: object, remaining: Remaining) -> Handled:
        try:
            runtime = self._runtime
        except ConfigurationError as error:
            return crashed(error, None)
        return self._process.run(runtime.deliver(event, remaining))

    @cached_property
    def _runtime(self) -> JobRuntime:
        process = self._process
        process.loop.set_exception_handler(self._forgotten)
        alert = self._alert(process)
        services: list[Any] = []

        def built() -> Any:
            if not services:
                services.append(self._services(process))
            return services[0]

        return JobRuntime(
            contract=self.contract,
            work=self.work,
            services=built,
            database=process.database,
            verifier=process.verifier,
            world=process.world,
            threads=process.threads,
            log=process.log,
            stage=process.stage.stage,
            delivery_url=process.delivery_url,
            enqueuer=partial(self._enqueuer, alert),
            alert=alert,
            evidence=self._evidence(process) if self._evidence else None,
            traced=partial(traced, process.world.now),
        )

    def _enqueuer(self, alert: Alert, delivery: Delivery) -> Enqueuer | None:
        """Built at the first need: only a delivery tells the function its own URL, which never changes after."""
        process = self._process
        if self._publishing is None and process.publishes:
            publisher = process.publisher({self.contract.name: delivery.url})
            self._publishing = Enqueuer(process.database, publisher, self._contracts(), process.world, alert)
        return self._publishing

    def _forgotten(self, _: object, context: Mapping[str, Any]) -> None:
        """What asyncio says of a fault that nobody awaits: its own words would quote the fault's text."""
        fault = context.get("exception")
        told = {"fault": type(fault).__name__, "where": where(fault)} if fault is not None else {}
        self._process.log.error("a fault that nobody awaited", extra=told)

    def _line(self, handled: Handled, fallbacks: Fallbacks, *, cold: bool, milliseconds: int) -> DeliveryLine:
        run, meant = handled.run, handled.meant
        return DeliveryLine(
            job=self.contract.name,
            outcome=handled.answer.outcome,
            status=handled.answer.status,
            duration=milliseconds,
            cold_start=cold,
            run=run.id if run else meant.run_id if meant else None,
            attempt=run.tries if run else None,
            leg=run.leg if run else meant.leg if meant else None,
            epoch=run.epoch if run else meant.epoch if meant else None,
            message_id=handled.delivery.message_id or None if handled.delivery else None,
            reason=handled.reason,
            queue_lag=handled.queue_lag,
            degraded={service: sorted(done) for service, done in sorted(fallbacks.items())} or None,
        )
