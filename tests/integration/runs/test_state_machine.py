"""Any order of deliveries, crashes, expiries, cancellations, relays, callbacks and replays keeps what a run promises.

The store, the runtime, the relay and the failure callback are the real ones; a worker stops in the middle of its work
until the machine lets it go on, so that late, stale and concurrent ones are part of every story. At the end of each
story all faults end, and every accepted run must come to an end. MILLRACE_SOAK=1 makes it long.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from pydantic import SecretStr

from shared.collections import INDEXES
from shared.config import MongoSettings
from shared.database import connect
from shared.publishing import Fate
from shared.runs import outbox
from shared.runs.model import Run, State
from shared.runs.revive import cancel, replay
from tests.integration.runs.model import FINAL, World
from tests.support.story import Note, callback_body

SOAK = os.environ.get("MILLRACE_SOAK") == "1"
MOST = 3
"""Runs in a story: few, so that much happens to each."""
ANY = st.integers(0, 1000)
"""Which one, of however many there are."""
BEHAVIOURS = st.sampled_from(["succeed", "succeed", "retry", "fail", "continue", "crash", "crash after"])

NEXT = {
    State.PENDING: set(State),
    State.QUEUED: set(State),
    State.RUNNING: set(State),
    State.RETRYING: set(State),
    State.SUCCEEDED: {State.SUCCEEDED},
    State.FAILED: {State.FAILED},
    State.CANCELLED: {State.CANCELLED},
}
"""What may follow between two looks, without a replay."""


class Runs(RuleBasedStateMachine):
    build: Callable[[], World]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).build()
        self.database = self.world.database
        self.before: dict[str, Run] = {}
        self.replayed: set[str] = set()

    # What happens.

    @precondition(lambda self: len(self.before) < MOST)
    @rule(key=st.sampled_from([None, None, "k1", "k2"]))
    def accept(self, key: str | None) -> None:
        story = self.world.story
        accept = story.desk.enqueuer.accept
        run_id = f"r{len(self.world.snapshots)}"
        accepted = self.world.run(accept(story.contract, Note(), owner="owner", run_id=run_id, key=key))
        self.world.snapshots.append(accepted.run)
        self.world.run(story.desk.enqueuer.hand_over(accepted.run))

    @precondition(lambda self: self.world.story.qstash.alive)
    @rule(which=ANY, copies=st.sampled_from([1, 1, 2, 3]))
    def deliver(self, which: int, copies: int) -> None:
        alive = self.world.in_order(self.world.story.qstash.alive)
        self.world.run(self.world.begin(alive[which % len(alive)], copies))

    @precondition(lambda self: self.world.story.qstash.messages)
    @rule(which=ANY)
    def deliver_a_stray(self, which: int) -> None:
        """Any message that ever was: a duplicate, or the DLQ's own retry."""
        every = self.world.in_order(self.world.story.qstash.messages)
        self.world.run(self.world.begin(every[which % len(every)]))

    @precondition(lambda self: self.world.workers)
    @rule(which=ANY, behaviour=BEHAVIOURS)
    def go_on(self, which: int, behaviour: str) -> None:
        """A worker does the rest, whether it still has its lease or not."""
        self.world.run(self.world.let_go(self.world.workers[which % len(self.world.workers)], behaviour))

    @precondition(lambda self: self.world.workers)
    @rule(which=ANY)
    def beat(self, which: int) -> None:
        self.world.run(self.world.beat(self.world.workers[which % len(self.world.workers)]))

    @precondition(lambda self: self._in({State.RUNNING}))
    @rule(which=ANY)
    def expire_lease(self, which: int) -> None:
        running = self._in({State.RUNNING})
        self.world.run(self.world.expire_lease(running[which % len(running)].id))

    @precondition(lambda self: self.world.workers)
    @rule(which=ANY, way=st.sampled_from(["message", "relay", "callback"]))
    def another_takes_over(self, which: int, way: str) -> None:
        """A worker is slow, its lease runs out, and its run goes on without it."""
        run = self.before[self.world.workers[which % len(self.world.workers)].run_id]
        qstash = self.world.story.qstash
        message_id = qstash.of(run.id)[-1]
        if run.state is State.RUNNING:
            self.world.run(self.world.expire_lease(run.id))
        if way != "message":
            qstash.fates[message_id] = Fate.DEAD
        if way == "callback":
            self.world.run(self.world.story.hear(callback_body(qstash.messages[message_id].encode())))
        if way == "relay":
            self.world.run(self.world.relay())
        else:
            self.world.run(self.world.begin(message_id))

    @precondition(lambda self: self.before)
    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        run = self._any(which)
        self.world.run(cancel(self.database, run, by="owner", alert=self.world.story.desk._alert))

    @precondition(lambda self: self._in(FINAL))
    @rule(which=ANY)
    def replay(self, which: int) -> None:
        ended = self._in(FINAL)
        run = ended[which % len(ended)]
        if self.world.run(replay(self.database, run, by="operator", max_age=3_600_000)):
            self.replayed.add(run.id)

    @precondition(lambda self: self.before)
    @rule(times=st.sampled_from([1, 1, 1, 2]))
    def relay(self, times: int) -> None:
        self.world.run(self.world.relay(times=times))

    @precondition(lambda self: self.world.story.qstash.alive)
    @rule(which=ANY, told=st.booleans())
    def message_dies(self, which: int, told: bool) -> None:
        """QStash gives it up, or loses it without a word."""
        qstash = self.world.story.qstash
        alive = self.world.in_order(qstash.alive)
        message_id = alive[which % len(alive)]
        qstash.fates[message_id] = Fate.DEAD if told else Fate.GONE
        if told:
            self.world.callbacks.append(qstash.messages[message_id])

    @precondition(lambda self: self.world.callbacks)
    @rule(which=ANY)
    def failure_callback(self, which: int) -> None:
        """Any of them, however late, however often."""
        message = self.world.callbacks[which % len(self.world.callbacks)]
        self.world.run(self.world.story.hear(callback_body(message.encode())))
        before = self.before[message.run]
        if message.epoch < before.epoch or before.state in FINAL:
            after = self.world.run(self.world.story.read(before))
            assert (after.state, after.epoch) == (before.state, before.epoch), "old news changed a run"

    @precondition(lambda self: self.world.snapshots)
    @rule(which=ANY)
    def enqueuer_notes_late(self, which: int) -> None:
        run = self.world.snapshots[which % len(self.world.snapshots)]
        message_id = self.world.story.qstash.window.get(run.dedup_id)
        if message_id:
            self.world.run(outbox.all_handed_over(self.database, [(run, message_id)]))

    @rule(how=st.sampled_from(["well", "well", "well", "deaf", "down", "ten minutes later"]))
    def qstash_is(self, how: str) -> None:
        qstash = self.world.story.qstash
        qstash.down, qstash.deaf = how == "down", how == "deaf"
        if how == "ten minutes later":
            qstash.forget()

    @precondition(lambda self: self.before)
    @rule(which=ANY)
    def grow_old(self, which: int) -> None:
        if which % 4 == 0:
            self.world.run(self.world.story.desk.change(self._any(which).id, ends_by=1))

    # What must hold.

    @invariant()
    def promises(self) -> None:
        documents = self.world.run(self.world.documents())
        now = {run.id: run for run in self.world.run(self.world.runs())}
        alerted = self.world.run(self.world.alerted())
        assert self.world.wrong == []
        assert self.before.keys() <= now.keys(), "a run is gone"
        for run in now.values():
            self._moved_as_it_may(run)
            self._is_whole(run, documents[run.id], alerted=run.id in alerted)
        assert set(self.world.story.receiver.applied.values()) <= {1}
        self.before = now
        self.replayed.clear()

    def _moved_as_it_may(self, run: Run) -> None:
        before = self.before.get(run.id)
        if before is None:
            return
        assert (run.epoch, run.leg, run.fence) >= (before.epoch, before.leg, before.fence)
        assert run.epoch >= before.epoch
        if run.state is State.PENDING and before.state is not State.PENDING:
            assert run.epoch > before.epoch, "QStash would swallow it as a duplicate"
        assert run.leg >= before.leg
        assert run.fence >= before.fence
        if run.id not in self.replayed:
            assert run.state in NEXT[before.state], f"{before.state} became {run.state}"
        if before.state in FINAL and run.id not in self.replayed:
            assert (run.epoch, run.fence, run.reason, run.finished, len(run.attempts)) == (
                before.epoch,
                before.fence,
                before.reason,
                before.finished,
                len(before.attempts),
            )

    def _is_whole(self, run: Run, document: dict[str, Any], *, alerted: bool) -> None:
        fences = [attempt["fence"] for attempt in run.attempts]
        assert fences == sorted(set(fences))
        assert len(fences) <= run.fence
        if run.message_id:
            assert self.world.story.qstash.messages[run.message_id].epoch == run.epoch
        assert run.tries <= self.world.story.contract.tries
        if "replays" not in document:
            in_this_leg = [attempt for attempt in run.attempts if attempt["leg"] == run.leg]
            assert len(in_this_leg) <= self.world.story.contract.tries
        assert (document.get("holder") is not None) == (run.state is State.RUNNING)
        assert (run.lease > 0) == (run.state is State.RUNNING)
        assert ("expires_at" in document) == (run.state in FINAL)
        assert (run.finished is not None) == (run.state in FINAL)
        if run.state not in FINAL:
            assert run.look_at > 0, "nobody would ever look at it"
            assert run.state is not State.QUEUED or run.message_id
        if run.state is State.FAILED:
            assert alerted
        if run.state is State.SUCCEEDED:
            assert self.world.story.receiver.applied[run.id] == 1
        if run.state in {State.FAILED, State.CANCELLED}:
            assert "key" not in document
        elif "replays" not in document and run.id in self.before:
            assert document.get("key") == self.before[run.id].key, "a live or successful run has lost its key"

    def teardown(self) -> None:
        try:
            self.world.run(self.world.settle_everything())
            self.promises()
            assert {run.state for run in self.before.values()} <= FINAL
        finally:
            for worker in self.world.workers:
                worker.task.cancel()
            self.world.run(asyncio.sleep(0))
            for name in ("runs", "test_alerts"):
                self.world.run(self.database[name].delete_many({}))

    def _in(self, states: set[State]) -> list[Run]:
        return [run for run in self.before.values() if run.state in states]

    def _any(self, which: int) -> Run:
        """A run, as it was read a while ago or just now."""
        return list(self.before.values())[which % len(self.before)]


@pytest.fixture
def machine(mongodb_uri: str) -> Iterator[type[Runs]]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    name = f"test_{secrets.token_hex(6)}"
    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name))
    loop.run_until_complete(database.create_collection("test_alerts"))
    loop.run_until_complete(database.runs.create_indexes(INDEXES["runs"]))
    yield type("RunsHere", (Runs,), {"build": staticmethod(lambda: World(loop, database))})
    loop.run_until_complete(database.client.drop_database(name))
    database.client.close()
    loop.close()
    asyncio.set_event_loop(None)


@pytest.mark.timeout(1800 if SOAK else 300)
def test_whatever_happens_a_run_keeps_its_promises(machine: type[Runs]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=300 if SOAK else 12,
            stateful_step_count=50 if SOAK else 30,
            # Shrinking may take five minutes: only when there is time.
            phases=list(Phase) if SOAK else [Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
