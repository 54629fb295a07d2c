"""An event is taken once and wholly: remembered for 48 h, in one transaction with what it changes (case 33)."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from infra.local.faults import Exchange, Fault, FaultProxy, Mongo
from shared import deadline
from shared.clock import World
from shared.config import MongoSettings
from shared.database import Database, connect
from tests.integration.email_events.bench import TO, Post
from tests.support import svix

HOUR = 3_600
BOUNCED = svix.told("bounced", "re_1", [TO])
STEPS = ["insert mail_events", "find emails", "update emails", "update suppressions", "commitTransaction"]


async def test_a_repeat_is_200_and_changes_nothing(post: Post) -> None:
    run = await post.sent()
    await post.send(BOUNCED, webhook_id="msg_1")
    before = (await post.mail(run), await post.suppressions())

    again = await post.send(BOUNCED, webhook_id="msg_1")

    assert (again.answer.status, again.answer.outcome) == (200, "repeated")
    assert (await post.mail(run), await post.suppressions()) == before


async def test_of_many_at_once_with_one_id_one_is_taken(post: Post) -> None:
    await post.sent()
    received = await asyncio.gather(*(post.send(BOUNCED, webhook_id="msg_1") for _ in range(8)))
    assert sorted(one.answer.outcome for one in received) == ["recorded", *["repeated"] * 7]


async def test_an_id_is_remembered_for_48_hours(post: Post) -> None:
    """Resend's tries span 27.6 h."""
    await post.send(BOUNCED, webhook_id="msg_1")
    remembered = await post.database.mail_events.find_one({"_id": "msg_1"})
    assert remembered is not None
    assert 48 * HOUR - 60 < remembered["expires_at"].timestamp() - time.time() < 48 * HOUR + 60
    indexes = await post.database.mail_events.index_information()
    assert any(index.get("expireAfterSeconds") == 0 for index in indexes.values())


async def test_what_resend_sends_again_a_day_later_is_a_repeat(database: Database) -> None:
    """It signs each try anew, under the same id."""
    post = Post(database, svix.handler_on(database))
    await post.send(BOUNCED, webhook_id="msg_1")
    later = time.time() + 28 * HOUR
    tomorrow = Post(database, svix.handler_on(database, world=World(now=lambda: later)))
    assert (await tomorrow.send(BOUNCED, webhook_id="msg_1", at=later)).answer.outcome == "repeated"


@asynccontextmanager
async def through(uri: str, name: str, judge: Callable[[Exchange], Fault | None]) -> AsyncIterator[Post]:
    """The same store behind a proxy, in which any exchange may be lost."""
    where = urlsplit(uri)
    async with FaultProxy("mongodb", Mongo(), (str(where.hostname), where.port or 27017), judge) as proxy:
        direct = SecretStr(f"mongodb://{proxy.authority}/?directConnection=true")
        made = connect(MongoSettings(stage="local", mongodb_uri=direct, mongodb_database=name))
        yield Post(made, svix.handler_on(made, log=logging.getLogger("cut")))
        await asyncio.to_thread(made.client.close)  # it says goodbye through the proxy, which is on this loop


async def test_what_is_taken_is_one_transaction(post: Post, mongodb_uri: str) -> None:
    await post.sent()
    seen: list[Exchange] = []
    async with through(mongodb_uri, post.database.name, seen.append) as cut:
        await cut.send(BOUNCED)
    assert [one.name for one in seen] == STEPS
    assert len({repr(one.transaction) for one in seen}) == 1
    assert seen[0].transaction is not None


@pytest.mark.parametrize("forwarded", [False, True], ids=["question lost", "answer lost"])
@pytest.mark.parametrize("step", STEPS)
async def test_cut_off_at_any_step_there_is_all_of_it_or_nothing_and_the_next_try_makes_it_all(
    post: Post, mongodb_uri: str, step: str, forwarded: bool
) -> None:
    """No step between the two writes leaves one of them: an event whose change failed is not taken for done."""
    run = await post.sent()
    left = [Fault(forwarded=forwarded)]

    def judge(exchange: Exchange) -> Fault | None:
        return left.pop() if exchange.name == step and left else None

    async with through(mongodb_uri, post.database.name, judge) as cut:
        first = await cut.send(BOUNCED, webhook_id="msg_1")
    assert not left
    written = [
        await post.database.mail_events.count_documents({}),
        int("delivery" in await post.mail(run)),
        len(await post.suppressions()),
    ]
    assert written == ([1, 1, 1] if first.answer.status == 200 else [0, 0, 0])
    assert first.answer.status == (200 if step == "commitTransaction" else 503)  # the driver asks again for a commit

    again = await post.send(BOUNCED, webhook_id="msg_1")

    assert again.answer.outcome == ("repeated" if first.answer.status == 200 else "recorded")
    assert (await post.mail(run))["delivery"]["state"] == "bounced"
    assert [one["_id"] for one in await post.suppressions()] == [TO]


async def test_while_the_store_is_away_resend_is_asked_to_come_again(mongodb_uri: str, post: Post) -> None:
    async with through(mongodb_uri, post.database.name, lambda _: Fault(forwarded=False)) as cut:
        with deadline.within(1.0, time.monotonic):
            received = await cut.send(BOUNCED)
    assert (received.answer.status, received.answer.outcome) == (503, "unavailable")
    assert "Retry-After" in received.answer.headers
