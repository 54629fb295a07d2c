"""Every way in which a run ends accepts what tells of it, in the transaction of the end, and hands it over at once.

settled    succeeded, failed, failed as a bad request, cancelled on request
finished   at its claim, by the relay, by QStash's failure callback, cancelled before it began, refused by QStash
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.alerts import WEBHOOKS, alerting
from functions.record_failure.handler import FailureHandler
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_webhook.contract import CONTRACT as SEND_WEBHOOK
from functions.send_webhook.contract import RunEnded, SendWebhook
from shared import runtime
from shared.database import Database, Session
from shared.errors import BadRequest, ConfigurationError, PermanentError, RetryableError
from shared.runs import settle as settling
from shared.runs.finish import End, finish, telling
from shared.runs.model import FINAL, Run, State
from shared.runs.revive import cancel, replay
from shared.runs.settle import Holder, Retrying, Succeeded, settle
from tests.support.desk import FakePublisher
from tests.support.processes import process_on
from tests.support.story import NOTE, Note, Story

KEY = "the-id-of-a-key"


class Told(Story):
    """A story whose ends are told as the bundle tells them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        told = alerting(database)
        self.desk.runtime = replace(self.desk.runtime, alert=told)
        self.desk.enqueuer = replace(self.desk.enqueuer, alert=told)
        self.callbacks = FailureHandler(
            process=process_on(database), alert=lambda _: told, contracts=lambda: {NOTE.name: NOTE}
        )

    async def started(self, notify: str | None = KEY) -> Run:
        """By a key that has a webhook."""
        accepted = await self.desk.enqueuer.accept(NOTE, Note(), owner="key", notify=notify)
        await self.desk.enqueuer.hand_over(accepted.run)
        return await self.read(accepted.run)

    async def webhooks(self) -> list[dict[str, Any]]:
        return await self.database.runs.find({"job": SEND_WEBHOOK.name}).to_list(None)

    async def digests(self) -> int:
        return await self.database.runs.count_documents({"job": SEND_EMAIL.name})


@pytest.fixture
def story(database: Database) -> Told:
    return Told(database)


def raising(error: Exception) -> Callable[..., Awaitable[None]]:
    async def behave(*_: object) -> None:
        raise error

    return behave


async def settled(story: Told, run: Run) -> None:
    await story.deliver(run)


async def failed(story: Told, run: Run) -> None:
    story.behave = raising(PermanentError("no"))
    await story.deliver(run)


async def refused(story: Told, run: Run) -> None:
    story.behave = raising(BadRequest("no such document"))
    await story.deliver(run)


async def cancelled_at_work(story: Told, run: Run) -> None:
    async def behave(*_: object) -> None:
        assert await cancel(story.database, await story.read(run), by="owner")
        raise RetryableError("again")

    story.behave = behave
    await story.deliver(run)


async def cancelled_before(story: Told, run: Run) -> None:
    assert await cancel(story.database, run, by="owner", alert=story.desk.enqueuer.alert)


async def exhausted_at_the_claim(story: Told, run: Run) -> None:
    await story.change(run, tries=3)
    await story.deliver(run)


async def expired_at_the_relay(story: Told, run: Run) -> None:
    await story.change(run, ends_by=1)
    await story.relay_later(run)


async def expired_when_qstash_gave_up(story: Told, run: Run) -> None:
    await story.change(run, ends_by=1)
    await story.give_up(run)


Way = Callable[[Told, Run], Awaitable[None]]
WAYS: Mapping[Way, tuple[State, int]] = {
    settled: (State.SUCCEEDED, 0),
    failed: (State.FAILED, 1),
    refused: (State.FAILED, 0),
    cancelled_at_work: (State.CANCELLED, 0),
    cancelled_before: (State.CANCELLED, 0),
    exhausted_at_the_claim: (State.FAILED, 1),
    expired_at_the_relay: (State.FAILED, 1),
    expired_when_qstash_gave_up: (State.FAILED, 1),
}
PUBLISHES_NOTHING: set[Way] = {cancelled_before, expired_when_qstash_gave_up}
"""Whoever ends a run so publishes by other means (shared/runs/operating.py), or not at all."""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_every_end_is_told_to_the_server_that_started_the_run(story: Told, way: Way) -> None:
    """And to operators as ever: a failure that they could mend."""
    run = await story.started()
    await way(story, run)
    state, digests = WAYS[way]
    ended = await story.read(run)
    assert ended.state is state
    (webhook,) = await story.webhooks()
    assert (webhook["_id"], webhook["owner"]) == (telling(ended), WEBHOOKS)
    assert SendWebhook.model_validate_json(webhook["payload"]).event == RunEnded(key=KEY, run=run.id)
    assert webhook["state"] == ("pending" if way in PUBLISHES_NOTHING else "queued")
    assert await story.digests() == digests


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_what_nobody_waits_for_is_told_to_nobody(story: Told, way: Way) -> None:
    run = await story.started(notify=None)
    await way(story, run)
    assert await story.webhooks() == []
    assert await story.digests() == WAYS[way][1]


async def test_what_qstash_never_takes_is_told_by_the_relay(story: Told) -> None:
    story.qstash.refuses = True
    run = await story.started()
    assert run.state is State.FAILED
    assert [webhook["state"] for webhook in await story.webhooks()] == ["pending"]


async def test_an_end_that_nobody_waits_for_is_one_write(story: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction is three exchanges where one will do: runs without a webhook must not pay for those with one."""

    async def never(*_: object) -> None:
        raise AssertionError("a transaction was begun")

    run = await story.started(notify=None)
    monkeypatch.setattr(settling, "transaction", never)
    assert (await story.deliver(run)).answer.status == 200


async def test_a_run_that_is_cancelled_while_its_deployment_is_wrong_is_told_of(
    story: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is given back for the next deployment ends here, if that is wanted by then."""

    def wrong() -> None:
        raise ConfigurationError("STORAGE_BUCKET is not set")

    async def asked_to_stop(database: Database, holder: Holder, outcome: Retrying, **more: Any) -> Run | None:
        assert await cancel(database, await story.desk.read(holder.run_id), by="owner")
        return await settle(database, holder, outcome, **more)

    run = await story.started()
    story.desk.runtime = replace(story.desk.runtime, services=wrong)
    monkeypatch.setattr(runtime, "settle", asked_to_stop)
    await story.deliver(run)
    assert (await story.read(run)).state is State.CANCELLED
    assert [webhook["_id"] for webhook in await story.webhooks()] == [telling(run)]


async def test_what_goes_on_is_told_to_nobody_yet(story: Told) -> None:
    """An attempt that failed, and is tried again, is no end."""
    run = await story.started()
    story.behave = raising(RetryableError("again"))
    await story.deliver(run)
    assert (await story.read(run)).state is State.RETRYING
    assert await story.webhooks() == []


async def test_a_settle_that_is_repeated_tells_once(story: Told) -> None:
    """Its answer was lost: the record is there, and so is what tells of it."""
    run = await story.started()
    await story.change(run, state="running", holder="me", fence=1, attempts=[])
    holder = Holder(run.id, "me", 1, notifies=True)
    for _ in range(2):
        assert await settle(story.database, holder, Succeeded(None), alert=story.desk.enqueuer.alert)
    assert len(await story.webhooks()) == 1


async def test_a_stale_worker_tells_nothing(story: Told) -> None:
    run = await story.started()
    await story.deliver_and_crash(run)
    stale = Holder(run.id, "not the holder", 1, notifies=True)
    assert await settle(story.database, stale, Succeeded(None), alert=story.desk.enqueuer.alert) is None
    assert await story.webhooks() == []


async def test_the_end_and_what_tells_of_it_are_recorded_both_or_neither(story: Told) -> None:
    class Crash(Exception): ...

    async def dies(ended: Run, session: Session) -> None:
        await alerting(story.database)(ended, session)
        raise Crash

    run = await story.started()
    with pytest.raises(Crash):
        await finish(story.database, run, End(state=State.CANCELLED, reason="test"), alert=dies)
    assert (await story.read(run)).state is State.QUEUED
    assert await story.webhooks() == []


async def test_a_run_that_is_replayed_and_ends_again_is_another_event(story: Told) -> None:
    run = await story.started()
    await failed(story, run)
    again = await replay(story.database, await story.read(run), by="operator", max_age=60_000)
    assert again
    await story.desk.enqueuer.hand_over(again)
    story.behave = story.succeed
    await story.deliver(await story.read(run))
    ended = await story.read(run)
    assert (ended.state, ended.notify) == (State.SUCCEEDED, KEY)
    assert {webhook["_id"] for webhook in await story.webhooks()} == {f"{run.id}-0", f"{run.id}-1"}


@pytest.mark.parametrize("why", ["no URL", "QStash is away"])
async def test_what_can_not_be_handed_over_at_once_is_the_relays(story: Told, why: str) -> None:
    """The run has ended well all the same."""
    run = await story.started()
    away = FakePublisher(fail=lambda _: ConfigurationError("JOB_URL_SEND_WEBHOOK is not set"))
    if why == "no URL":
        story.desk.enqueuer = replace(story.desk.enqueuer, publisher=away)
    story.qstash.down = True
    assert (await story.deliver(run)).answer.status == 200
    assert [webhook["state"] for webhook in await story.webhooks()] == ["pending"]
    story.qstash.down = False
    story.desk.enqueuer = replace(story.desk.enqueuer, publisher=story.qstash)
    await story.change(run, look_at=2**60)
    await story.database.runs.update_one({"_id": telling(run)}, {"$set": {"look_at": 1}})
    await story.relay()
    assert [webhook["state"] for webhook in await story.webhooks()] == ["queued"]


async def test_a_webhooks_own_end_and_an_alerts_are_told_to_nobody(story: Told) -> None:
    run = await story.started()
    await failed(story, run)
    others = await story.database.runs.find({"_id": {"$ne": run.id}}).to_list(None)
    assert {other["job"] for other in others} == {SEND_WEBHOOK.name, SEND_EMAIL.name}
    end = End(state=State.FAILED, reason="no", error={})
    for other in others:
        ended = await finish(story.database, await story.desk.read(other["_id"]), end, alert=story.desk.enqueuer.alert)
        assert ended
        assert ended.state in FINAL
    assert await story.database.runs.count_documents({}) == 3
