"""The job runtime: what stands between a contract and its function, built once a process.

runtime = JobRuntime(contract=.., work=.., ..)
handled = await runtime.deliver(event, remaining=lambda: seconds_left)
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from shared import answers, deadline
from shared.answers import Answer
from shared.clock import World
from shared.context import JobContext
from shared.contract import LEASE_SLACK, MARGIN, Contract
from shared.database import Database, Session, reachable
from shared.delivery import Delivery, Handled, Target, admitted, crashed, refused, unavailable, verified
from shared.ends import Evidence, end_refused
from shared.enqueue import Enqueuer
from shared.errors import ConfigurationError, DependencyDown, RetryableError, SignatureError
from shared.heartbeat import kept
from shared.runs import outbox
from shared.runs.claim import Claim, Claimant, Verdict, claim
from shared.runs.finish import Alert
from shared.runs.model import FINAL, Run, State
from shared.runs.progress import Progress
from shared.runs.settle import Continued, Failed, Holder, Outcome, Retrying, Succeeded, renew, settle
from shared.signature import Verifier
from shared.threads import Threads
from shared.work import Work, attempt

Remaining = Callable[[], float]
"""Seconds until AWS ends this invocation."""

SETTLE_TRIES: Final = 3
SOON: Final = 5.0
ANSWERING: Final = 0.5
"""Seconds that the answer takes when all calls have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRuntime:
    contract: Contract[Any]
    work: Work
    services: Callable[[], Any]
    """Builds what the job needs, at its first use: heavy libraries load after the claim is on its way."""
    database: Database
    verifier: Verifier
    world: World
    threads: Threads
    log: Any
    stage: str
    delivery_url: str = ""
    enqueuer: Callable[[Delivery], Enqueuer | None] = lambda _: None
    """For follow-ups and next legs; without one they are left to the relay."""
    alert: Alert | None = None
    evidence: Evidence | None = None
    traced: Callable[..., AbstractContextManager[None]] = lambda _, **__: nullcontext()
    """Stands around the work, with its name and annotations: shared/tracing.py."""

    async def deliver(self, event: object, remaining: Remaining) -> Handled:
        """Everything between an event and its answer; a fault of our own is an answer too (500).

        Every call of a service ends in time for the answer, and in the work in time for its settling.
        """
        with deadline.within(remaining() - ANSWERING, self.world.monotonic):
            return await self._deliver(event, remaining)

    async def _deliver(self, event: object, remaining: Remaining) -> Handled:
        delivery: Delivery | None = None
        meant: Target | None = None
        run: Run | None = None
        try:
            delivery = verified(event, self.verifier, stage=self.stage, delivery_url=self.delivery_url)
            admittance = await admitted(delivery, self.contract, self.database)
            if isinstance(admittance, Handled):
                return admittance
            meant = admittance
            holder, claimed = await self._claim(meant, delivery, remaining)
            run = claimed.run
            if run is not None and claimed.verdict in {Verdict.TAKEN, Verdict.MINE}:
                return await self._work(run, claimed, holder, delivery, remaining)
            return replace(await self._decline(claimed, delivery), meant=meant)
        except SignatureError as error:
            return refused(error)
        except RetryableError as error:
            return replace(unavailable(error, delivery), run=run, meant=meant)
        except Exception as fault:  # noqa: BLE001 - AWS would print its text, which nobody has vetted, and no line of ours
            return replace(crashed(fault, delivery), run=run, meant=meant)

    async def _claim(self, meant: Target, delivery: Delivery, remaining: Remaining) -> tuple[str, Claim]:
        token = self.world.token()
        by = Claimant(
            job=self.contract.name,
            token=token,
            leg=meant.leg,
            epoch=meant.epoch,
            tries=self.contract.tries,
            lease=self.contract.lease(remaining()),
            attempt={"message_id": delivery.message_id, "retried": delivery.retried},
            version=self.contract.version,
            singleton=self.contract.singleton,
        )
        async with reachable():
            return token, await claim(self.database.runs, meant.run_id, by, new=meant.new)

    async def _work(self, run: Run, claimed: Claim, token: str, delivery: Delivery, remaining: Remaining) -> Handled:
        holder = Holder(run.id, token, run.fence, notifies=run.notify is not None)
        try:
            context = self._context(run, holder, remaining)
        except ConfigurationError as error:
            return await self._give_back(error, run, holder, delivery)
        with self.traced(self.contract.name, run=run.id, job=run.job, attempt=run.tries):
            outcome = await self._kept(attempt(self.work, self.contract, context), holder)
        lag = max(0, claimed.now - max(run.not_before, run.created))
        if self.threads.alive:
            if self.contract.heartbeat:  # nobody renews it any more, and the thread may outlive what is left of it
                await self._renew(holder, remaining() + LEASE_SLACK)
            await self._hand_over(None, context, delivery)
            return Handled(answers.busy(remaining() + LEASE_SLACK), delivery, run, "a thread is still alive", lag)
        settled = await self._settle(holder, outcome, context, remaining)
        await self._hand_over(settled, context, delivery)
        if settled is None:
            return Handled(answers.later("lost", SOON), delivery, run, "the lease was lost before it settled", lag)
        if settled.state in FINAL:
            await self._hand_over_telling(settled, delivery)
        return Handled(_answer(settled, outcome), delivery, settled, _reason(outcome), lag)

    def _context(self, run: Run, holder: Holder, remaining: Remaining) -> JobContext[Any]:
        return JobContext(
            run=run,
            cursor=None,  # the attempt's to read: one that it can't lift is an outcome of the run
            services=self.services(),
            ends_at=self.world.monotonic() + min(self.contract.deadline, remaining() - MARGIN),
            world=self.world,
            threads=self.threads,
            log=self.log,
            told=Progress(self.database, holder, self.world),
        )

    async def _give_back(self, error: ConfigurationError, run: Run, holder: Holder, delivery: Delivery) -> Handled:
        """The deployment is wrong: that costs the run no try, for the next deployment mends it."""
        wait = self.contract.backoff.wait(run.tries - 1)
        outcome = Retrying(wait, {"code": error.code, "message": error.message[:500]}, counted=False)
        async with reachable():
            settled = await settle(self.database, holder, outcome, alert=self.alert)
        return replace(crashed(error, delivery), run=settled or run)

    async def _kept(self, work: Any, holder: Holder) -> Outcome:
        every = self.contract.heartbeat
        if every is None:
            return await work  # type: ignore[no-any-return]  # a job answers what it likes
        renewed = partial(self._renew, holder, self.contract.lease(0.0))
        return await kept(work, renew=renewed, every=every, sleep=self.world.sleep)

    async def _renew(self, holder: Holder, lease: float) -> bool:
        async with reachable():
            return await renew(self.database, holder, lease)

    async def _settle(
        self, holder: Holder, outcome: Outcome, context: JobContext[Any], remaining: Remaining
    ) -> Run | None:
        """A settle may be repeated, so a blip of the store does not cost a second run of the work.

        Not by shared/retries.py: its budget and its care for a slow service are for calls that can be spared. Here work
        that is done would be lost, so that a time-out is no reason to leave it; only the invocation's end is.
        """

        async def insert(session: Session) -> None:
            for new in context.follow_ups:
                await outbox.insert(self.database, new, session=session)

        follow = insert if context.follow_ups and isinstance(outcome, Succeeded | Continued) else None
        for tried in range(SETTLE_TRIES):
            try:
                async with reachable():
                    return await settle(self.database, holder, outcome, alert=self.alert, insert=follow)
            except DependencyDown:
                if tried + 1 == SETTLE_TRIES or remaining() < MARGIN / 2:
                    raise
                await self.world.sleep(0.2 * 2**tried)
        raise AssertionError  # pragma: no cover

    async def _hand_over(self, run: Run | None, context: JobContext[Any], delivery: Delivery) -> None:
        """Publish what the settle left pending, and what the job accepted. What fails here the relay finds."""
        ids = [new.id for new in (*(context.follow_ups if run else ()), *context.accepted)]
        pending = run is not None and run.state is State.PENDING
        if (not ids and not pending) or (enqueuer := self.enqueuer(delivery)) is None:
            return
        try:
            async with reachable():
                accepted = await outbox.read_many(self.database, list(dict.fromkeys(ids))) if ids else []
            await enqueuer.hand_over_many([*accepted, run] if run else accepted)
        except (RetryableError, ConfigurationError) as error:
            self.log.warning("left to the relay", extra={"reason": error.message})

    async def _hand_over_telling(self, ended: Run, delivery: Delivery) -> None:
        """What tells a server of the run's end, if one waits for that."""
        if not ended.notify or (enqueuer := self.enqueuer(delivery)) is None:
            return
        if not await enqueuer.hand_over_telling(ended):
            self.log.warning("left to the relay", extra={"reason": "the webhook of a run's end"})

    async def _decline(self, claimed: Claim, delivery: Delivery) -> Handled:
        run = claimed.run
        match claimed.verdict:
            case Verdict.BUSY if self.contract.singleton:
                answer = answers.done("busy")
            case Verdict.BUSY:
                answer = answers.busy(claimed.lease_left + self.world.random.random())
            case Verdict.DONE if run is not None and run.state is State.FAILED:
                answer = answers.never("failed_before")
            case Verdict.DONE | Verdict.SUPERSEDED:
                answer = answers.done(claimed.verdict.value)
            case Verdict.NEWER:
                wait = self.contract.backoff.wait(min(delivery.retried, self.contract.tries))
                answer = answers.later("newer", wait * (1 + self.world.random.random() / 10))
            case Verdict.EARLY:
                answer = answers.later("early", claimed.early_by)
            case Verdict.FOREIGN:
                answer = answers.never("foreign")
            case Verdict.CANCELLED | Verdict.EXPIRED | Verdict.EXHAUSTED if run is not None:
                answer = await end_refused(
                    self.database, run, claimed.verdict, alert=self.alert, evidence=self.evidence
                )
                await self._hand_over_telling(run, delivery)
            case _:
                answer = answers.later(claimed.verdict.value, SOON)
        return Handled(answer, delivery, run)


def _answer(run: Run, outcome: Outcome) -> Answer:
    match outcome:
        case Failed():
            return answers.never("failed")
        case Retrying(wait) if run.state is State.RETRYING:
            return answers.later("retrying", wait)
        case Continued() if run.state is State.PENDING:
            return answers.done("continued")
    return answers.done(run.state.value)


def _reason(outcome: Outcome) -> str | None:
    return str(outcome.error.get("message")) if isinstance(outcome, Failed | Retrying) else None
