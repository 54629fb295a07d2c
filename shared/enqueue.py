"""Accepts work: the record first, in the caller's transaction where there is one, and QStash after the commit.

    accepted = await enqueuer.accept(CONTRACT, payload, owner=.., session=session)    # inside the transaction
    await enqueuer.hand_over(accepted.run)                                            # after it has committed
    accepted = await enqueuer.enqueue(CONTRACT, payload, owner=..)                    # both, without a transaction

If QStash is away the run stays `pending` and the caller is told 202 all the same: the relay hands it over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared import degraded
from shared.clock import World
from shared.contract import Contract, Payload
from shared.database import Database, Session, reachable
from shared.errors import ConfigurationError, PublishRefused, RetryableError
from shared.publishing import Publisher
from shared.runs import outbox
from shared.runs.finish import Alert, End, finish, telling
from shared.runs.model import Run, State
from shared.runs.record import NewRun

Contracts = Mapping[str, Contract[Any]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """`created` is False when a live or successful run with the same business key was there already."""

    run: Run
    created: bool


def new_run(
    contract: Contract[Any],
    payload: Payload,
    *,
    owner: str,
    run_id: str,
    key: str | None = None,
    delay: float = 0.0,
    raises_alert: bool = True,
    notify: str | None = None,
) -> NewRun:
    """A run as it is accepted; `delay` is in seconds, `notify` the API key whose webhook is told of its end."""
    return NewRun(
        id=run_id,
        job=contract.name,
        version=contract.written,
        owner=owner,
        payload=contract.encode(payload),
        max_age=int(contract.max_age.total_seconds() * 1000),
        delay=int(delay * 1000),
        key=key,
        raises_alert=raises_alert and contract.raises_alert,
        notify=notify,
    )


@dataclass(frozen=True, slots=True)
class Enqueuer:
    database: Database
    publisher: Publisher
    contracts: Contracts
    world: World
    alert: Alert | None = None

    async def accept(
        self,
        contract: Contract[Any],
        payload: Payload,
        *,
        owner: str,
        run_id: str | None = None,
        key: str | None = None,
        delay: float = 0.0,
        notify: str | None = None,
        session: Session | None = None,
    ) -> Accepted:
        """Write the record only; hand it over when the transaction has committed, or leave it to the relay."""
        run_id = run_id or self.world.token()
        new = new_run(contract, payload, owner=owner, run_id=run_id, key=key, delay=delay, notify=notify)
        if session is not None:  # its driver errors belong to whoever runs the transaction
            run = await outbox.insert(self.database, new, session=session)
        else:
            async with reachable():
                run = await outbox.insert(self.database, new)
        return Accepted(run, created=run.id == new.id)

    async def enqueue(
        self, contract: Contract[Any], payload: Payload, *, owner: str, key: str | None = None, delay: float = 0.0
    ) -> Accepted:
        accepted = await self.accept(contract, payload, owner=owner, key=key, delay=delay)
        await self.hand_over(accepted.run)
        return accepted

    async def enqueue_many(self, contract: Contract[Any], payloads: Sequence[Payload], *, owner: str) -> Sequence[str]:
        """Many runs at once: one write, and QStash's batch call. Their ids, in the payloads' order."""
        new = [new_run(contract, payload, owner=owner, run_id=self.world.token()) for payload in payloads]
        async with reachable():
            await outbox.insert_many(self.database, new)
            runs = await outbox.read_many(self.database, [one.id for one in new])
        await self.hand_over_many(runs)
        return [one.id for one in new]

    async def hand_over(self, run: Run) -> bool:
        """Publish a pending run. False when that has to wait; a refusal for good fails the run with its reason."""
        if run.state is not State.PENDING:
            return True
        return await self.hand_over_many([run]) == 1

    async def hand_over_many(self, runs: Sequence[Run]) -> int:
        """How many QStash has taken. What it has not taken stays pending, and is the relay's."""
        pending = [run for run in runs if run.state is State.PENDING]
        answers = await self._publish(pending)
        if any(isinstance(answer, RetryableError) for answer in answers):
            degraded.to("qstash", "handed over later")
        taken = [(run, answer) for run, answer in zip(pending, answers, strict=True) if isinstance(answer, str)]
        try:
            async with reachable():
                await outbox.all_handed_over(self.database, taken)
                for run, answer in zip(pending, answers, strict=True):
                    if isinstance(answer, PublishRefused):
                        error = {"code": answer.code, "message": answer.message}
                        end = End(state=State.FAILED, reason="QStash refused the message", error=error)
                        await finish(self.database, run, end, alert=self.alert)
        except RetryableError:
            return 0  # published but not noted: the same ids will be published again, and deduplicated
        return len(taken)

    async def hand_over_telling(self, ended: Run) -> bool:
        """Publish what tells a server of the run's end, where there is a server. False when that is left to the relay.

        A function that may not start that job leaves it too.
        """
        if not ended.notify:
            return True
        try:
            async with reachable():
                runs = await outbox.read_many(self.database, [telling(ended)])
            return await self.hand_over_many(runs) == len(runs)
        except (RetryableError, ConfigurationError):
            return False

    async def _publish(self, runs: Sequence[Run]) -> Sequence[str | Exception]:
        pairs = [(run, self.contracts[run.job]) for run in runs]
        if len(pairs) != 1:
            return await self.publisher.publish_many(pairs)
        try:
            return [await self.publisher.publish(*pairs[0])]
        except (PublishRefused, RetryableError) as error:
            return [error]
