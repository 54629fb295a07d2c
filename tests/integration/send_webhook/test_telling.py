"""What is told of a run's end, to whom, and when there is nobody to tell any more."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from functions.api.keys import every, find, notified, revoke
from functions.send_webhook.contract import CONTRACT, HealthChanged, RunEnded
from functions.send_webhook.notices import LARGEST_RESULT, gone
from functions.send_webhook.telling import send_webhook
from shared.config import AlertWebhookSettings
from shared.database import Database
from shared.runs.finish import End, telling
from shared.runs.model import State, instant
from shared.runs.revive import replay
from shared.webhooks.sending import Receiver, Sender
from shared.webhooks.signing import new_secret
from tests.integration.send_webhook.bench import Bench
from tests.support.desk import Desk
from tests.support.inbox import Inbox, answer
from tests.support.story import Crash

SUCCEEDED = End(state=State.SUCCEEDED, reason="succeeded", result='{"pages":3,"token":"s3cret"}')
FAILED = End(state=State.FAILED, reason="no", error={"code": "bad_request", "message": "no such page", "x": "inner"})
CANCELLED = End(state=State.CANCELLED, reason="cancelled before it began")
DOWN = HealthChanged(
    was="healthy",
    status="down",
    since=datetime(2026, 11, 30, 8, tzinfo=UTC),
    why=("redis: no answer", "2 runs are late"),
)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (SUCCEEDED, {"result": {"pages": 3, "token": "***"}, "error": None}),
        (FAILED, {"result": None, "error": {"code": "bad_request", "message": "no such page"}}),
        (CANCELLED, {"result": None, "error": None}),
    ],
)
async def test_each_end_is_told_as_the_api_shows_it_to_the_owner(bench: Bench, end: End, told: dict[str, Any]) -> None:
    """Masked, and without the payload."""
    run = await bench.ended(end)
    assert (await bench.tell(run)).answer.status == 200
    (came,) = bench.inbox.came
    said = came.verified(bench.secret)
    assert came.id == telling(run)
    assert said["type"] == f"job.{end.state}"
    assert datetime.fromisoformat(said["timestamp"]) == instant(run.finished or 0)
    known = {"id": run.id, "job": "errand", "state": end.state, "reason": end.reason, "result_left_out": False}
    assert {name: said["data"][name] for name in (*known, *told)} == known | told
    assert b"of the payload" not in came.body
    assert await bench.outcome(run) == {"host": "127.0.0.1", "status": 204}


async def test_what_was_not_taken_is_told_again_in_the_same_words(bench: Bench) -> None:
    bench.inbox.answers = [answer(500, Retry_After="1"), b"", answer(200)]
    run = await bench.ended(SUCCEEDED)
    statuses = [(await bench.tell(run)).answer.status for _ in range(3)]
    assert statuses == [503, 503, 200]
    assert len({(came.id, came.body) for came in bench.inbox.came}) == 1
    assert [came.verified(bench.secret)["type"] for came in bench.inbox.came] == ["job.succeeded"] * 3


async def test_a_crash_after_the_call_says_the_same_again(bench: Bench, sender: Sender) -> None:
    """Under the same id: the receiver can tell, and nothing else could."""

    class Dying:
        async def send(self, receiver: Receiver, webhook_id: str, body: bytes) -> int:
            await sender.send(receiver, webhook_id, body)
            raise Crash

    run = await bench.ended(FAILED)
    dying = Desk(bench.database, CONTRACT, send_webhook, services=replace(bench.services, sender=Dying()))
    with pytest.raises(Crash):
        await dying.deliver(await dying.read(telling(run)))
    assert (await bench.tell(run)).answer.status == 200
    assert len(bench.inbox.came) == 2
    assert len({(came.id, came.body) for came in bench.inbox.came}) == 1


async def test_a_wait_that_is_asked_for_is_never_shorter_than_our_own(bench: Bench) -> None:
    """Or a receiver that says `1` while it is away would have used up all tries in seconds."""
    bench.inbox.answers = [answer(503, Retry_After="1"), answer(503, Retry_After="600")]
    run = await bench.ended(SUCCEEDED)
    for least in (CONTRACT.backoff.first, 600):
        waits = (await bench.tell(run)).answer.headers["Retry-After"]
        assert least <= int(waits) <= least * 1.2


async def test_a_result_that_is_too_large_is_left_to_be_asked_for(bench: Bench) -> None:
    result = json.dumps({"text": "x" * LARGEST_RESULT})
    await bench.tell(await bench.ended(End(state=State.SUCCEEDED, reason="succeeded", result=result)))
    data = bench.inbox.came[0].verified(bench.secret)["data"]
    assert (data["result"], data["result_left_out"]) == (None, True)
    assert len(bench.inbox.came[0].body) < 1000


@pytest.mark.parametrize("gone", ["the key", "the webhook", "the run", "this end of it"])
async def test_nobody_to_tell_is_a_success_that_says_so(bench: Bench, gone: str) -> None:
    run = await bench.ended(FAILED)
    match gone:
        case "the key":
            assert await revoke(bench.database, bench.key, by="test", now=1.0)
        case "the webhook":
            await bench.database.api_keys.update_one({"id": bench.key}, {"$unset": {"webhook": True}})
        case "the run":
            await bench.database.runs.delete_one({"_id": run.id})
        case _:
            assert await replay(bench.database, run, by="operator", max_age=1000)
    assert (await bench.tell(run)).answer.status == 200
    assert (await bench.outcome(run))["note"].startswith("nobody to tell: ")
    assert bench.inbox.came == []


async def test_a_receiver_that_is_gone_is_called_no_more(bench: Bench) -> None:
    """410: what the key starts from then on asks for no webhook either, and what is on its way is not sent."""
    bench.inbox.answers = [answer(410)]
    first, second = [await bench.ended(SUCCEEDED) for _ in range(2)]
    assert [(await bench.tell(run)).answer.status for run in (first, second)] == [489, 200]
    assert (await bench.desk.read(telling(first))).reason == "127.0.0.1: status 410"
    assert (await bench.outcome(second))["note"] == "nobody to tell: the receiver wants no more webhooks"
    assert len(bench.inbox.came) == 1
    document = await bench.database.api_keys.find_one({"id": bench.key})
    assert document
    assert document["webhook"]["gone_at"] > 0
    assert notified(document) is None


async def test_what_another_receiver_said_of_itself_does_not_end_this_one(bench: Bench) -> None:
    """A 410 that arrives late, of an address that the key no longer names."""
    run, event = await bench.ended(SUCCEEDED), RunEnded(key=bench.key, run="run")
    await gone(bench.database, event, Receiver("https://another.example/", bench.secret), now=1.0)
    assert (await bench.tell(run)).answer.status == 200
    assert len(bench.inbox.came) == 1


async def test_the_secret_is_read_by_nobody_who_does_not_sign(bench: Bench) -> None:
    kept = await bench.database.api_keys.find_one({"id": bench.key})
    assert kept
    assert kept["webhook"]["secret"] == bench.secret
    for read in (await find(bench.database, bench.token), await every(bench.database)):
        assert bench.inbox.url in str(read)
        assert bench.secret not in str(read)


async def test_a_failure_tells_no_operator_and_its_record_holds_the_host_alone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.inbox.answers = [answer(404)]
    run = await bench.ended(SUCCEEDED)
    with caplog.at_level(logging.DEBUG):
        assert (await bench.tell(run)).answer.status == 489
    assert await bench.database.test_alerts.count_documents({}) == 0
    document = await bench.database.runs.find_one({"_id": telling(run)})
    lines = [str(vars(line)) for line in caplog.records if not line.name.startswith("pymongo")]
    assert lines
    for words in (str(document), *lines):
        assert "tenant" not in words
        assert "/hooks" not in words
        assert "whsec" not in words


async def test_operators_are_told_of_a_change_by_a_webhook_that_chat_services_show(
    database: Database, inbox: Inbox, sender: Sender
) -> None:
    secret = new_secret()
    alerts = AlertWebhookSettings(stage="local", alert_webhook_url=inbox.url, alert_webhook_secret=SecretStr(secret))
    bench = await Bench.made(database, inbox, sender, alerts)
    run = await bench.health(DOWN)
    assert run.state is State.SUCCEEDED
    (came,) = inbox.came
    said = came.verified(secret)
    assert (came.id, said["type"], said["timestamp"]) == (run.id, "health.changed", "2026-11-30T08:00:00.000Z")
    assert said["text"] == "Millrace (local) was healthy and is down.\nredis: no answer\n2 runs are late"
    assert said["data"] == {"stage": "local", "was": "healthy", "status": "down", "why": list(DOWN.why)}


async def test_without_a_webhook_for_operators_there_is_nobody_to_tell(bench: Bench) -> None:
    run = await bench.health(DOWN)
    assert json.loads(run.result or "")["note"] == "nobody to tell: ALERT_WEBHOOK_URL is not set"
    assert bench.inbox.came == []
