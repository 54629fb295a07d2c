"""Our wrapper of the SDK against a QStash server: what it sends, and what it makes of every answer."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from shared.clock import World
from shared.contract import Backoff, Contract, FlowControl, Payload
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.errors import ConfigurationError, DependencyDown, PublishRefused
from shared.message import Message, decode
from shared.publishing import Fate
from shared.qstash_publisher import QStashPublisher
from shared.runs.model import Run, State
from tests.integration.qstash.destination import Destination, Reply

Publishing = Callable[..., QStashPublisher]


class Say(Payload):
    text: str


CONTRACT = Contract(
    name="say",
    payload=Say,
    timeout=30,
    deadline=20,
    tries=3,
    backoff=Backoff(1, 2, 60),
    flow_control=FlowControl(2, 50),
)


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    return Run(
        id=f"run-{abs(hash(request.node.nodeid))}",
        job="say",
        version=1,
        owner="o",
        state=State.PENDING,
        payload="{}",
        leg=0,
        epoch=0,
        tries=0,
        fence=0,
        created=0,
        not_before=0,
        ends_by=0,
    )


async def test_a_run_arrives_as_its_thin_message_with_the_contracts_options(
    publisher: QStashPublisher, destination: Destination, run: Run
) -> None:
    message_id = await publisher.publish(run, CONTRACT)

    (got,) = destination.wait("/say")
    assert decode(got.body) == Message(run.id, "say", 0, 0)
    assert got.headers["Upstash-Message-Id"] == message_id
    assert got.headers["Content-Type"] == "application/json"


async def test_the_same_intention_is_taken_once_and_the_next_epoch_anew(
    publisher: QStashPublisher, destination: Destination, run: Run
) -> None:
    """Case 2."""
    await publisher.publish(run, CONTRACT)
    await publisher.publish(run, CONTRACT)
    await publisher.publish(replace(run, epoch=1), CONTRACT)

    got = destination.wait("/say", 2)
    epochs = [decode(one.body) for one in got]
    assert sorted(message.epoch for message in epochs if isinstance(message, Message)) == [0, 1]


async def test_a_batch_gives_each_run_its_own_answer_and_bad_ones_their_reason(
    publisher: QStashPublisher, destination: Destination, run: Run
) -> None:
    runs = [(replace(run, id=f"{run.id}-{n}"), CONTRACT) for n in range(250)]
    bad = (replace(run, id=f"{run.id}-bad", not_before=10**15), CONTRACT)

    answers = await publisher.publish_many([*runs, bad])

    assert len(answers) == 251
    assert all(isinstance(answer, str) for answer in answers[:-1])
    assert isinstance(answers[-1], PublishRefused)
    destination.wait("/say", 250, within=30)


async def test_many_runs_are_accepted_in_order_and_handed_over_by_batches(
    publisher: QStashPublisher, destination: Destination, database: Database
) -> None:
    enqueuer = Enqueuer(database, publisher, {"say": CONTRACT}, World())

    ids = await enqueuer.enqueue_many(CONTRACT, [Say(text=str(n)) for n in range(101)], owner="o")

    documents = {document["_id"]: document async for document in database.runs.find({})}
    assert [json.loads(documents[one]["payload"])["text"] for one in ids] == [str(n) for n in range(101)]
    assert {document["state"] for document in documents.values()} == {"queued"}
    sent = [decode(got.body) for got in destination.wait("/say", 101, within=30)]
    assert {message.run for message in sent if isinstance(message, Message)} == set(ids)


async def test_what_qstash_refuses_of_many_fails_with_its_reason_and_the_rest_goes_on(
    publishing: Publishing, destination: Destination, database: Database
) -> None:
    """Case 15."""
    picky = publishing({"say": destination.url("/say")})
    enqueuer = Enqueuer(database, picky, {"say": CONTRACT}, World())
    one_year_and_more = 400 * 86_400.0
    bad = await enqueuer.accept(CONTRACT, Say(text="bad"), owner="o", delay=one_year_and_more)
    good = [await enqueuer.accept(CONTRACT, Say(text="good"), owner="o") for _ in range(3)]

    taken = await enqueuer.hand_over_many([bad.run, *(accepted.run for accepted in good)])

    assert taken == 3
    refused = await database.runs.find_one({"_id": bad.run.id})
    assert refused is not None
    assert (refused["state"], refused["reason"]) == ("failed", "QStash refused the message")
    assert refused["error"]["code"] == "publish_refused"


async def test_a_job_without_a_url_is_a_fault_of_the_deployment(publisher: QStashPublisher, run: Run) -> None:
    with pytest.raises(ConfigurationError, match="JOB_URL_SING"):
        await publisher.publish(replace(run, job="sing"), CONTRACT)


async def test_what_qstash_will_never_take_is_refused_for_good(publishing: Publishing, run: Run) -> None:
    publisher = publishing({"say": "ftp://nowhere"})
    with pytest.raises(PublishRefused):
        await publisher.publish(run, CONTRACT)


@pytest.mark.parametrize(
    "broken",
    [{"qstash_token": SecretStr("wrong-token")}, {"qstash_url": "http://127.0.0.1:9"}],
    ids=["wrong token", "nobody there"],
)
async def test_a_qstash_that_can_be_mended_is_waited_for(
    publishing: Publishing, run: Run, broken: Mapping[str, Any]
) -> None:
    publisher = publishing({"say": "http://127.0.0.1:9/"}, **broken)
    with pytest.raises(DependencyDown):
        await publisher.publish(run, CONTRACT)


async def test_fate_tells_what_became_of_a_message(
    publisher: QStashPublisher, publishing: Publishing, destination: Destination, run: Run
) -> None:
    dead = destination.replies("/dead", Reply(489, {"Upstash-NonRetryable-Error": "true"}))
    slow = destination.replies("/slow", Reply(after=1.5))
    elsewhere = publishing({"say": slow, "die": dead})
    delivered = await publisher.publish(run, CONTRACT)
    dying = await elsewhere.publish(replace(run, job="die", epoch=6), CONTRACT)
    alive = await elsewhere.publish(replace(run, epoch=7), CONTRACT)
    destination.wait("/say")
    destination.wait("/dead")

    assert await publisher.fate(alive) is Fate.ALIVE
    assert await _settled(publisher, delivered) is Fate.DELIVERED
    assert await _settled(publisher, dying) is Fate.DEAD
    assert await publisher.fate("msg_never_seen") is Fate.GONE


async def test_an_empty_id_never_reaches_the_call_that_would_cancel_everything(publisher: QStashPublisher) -> None:
    """Case 16."""
    with pytest.raises(ValueError, match="every message"):
        await publisher.cancel("")


async def test_a_cancelled_message_is_dead_and_cancelling_again_is_no_error(
    publisher: QStashPublisher, destination: Destination, run: Run
) -> None:
    waiting = await publisher.publish(replace(run, created=0, not_before=int(time.time() * 1000) + 3_600_000), CONTRACT)

    await publisher.cancel(waiting)
    await publisher.cancel(waiting)

    assert await publisher.fate(waiting) is Fate.DEAD
    assert destination.at("/say") == []


async def test_a_dead_letter_is_removed_and_removing_it_again_is_no_error(
    publishing: Publishing, destination: Destination, run: Run
) -> None:
    dead = destination.replies("/dead", Reply(489, {"Upstash-NonRetryable-Error": "true"}))
    publisher = publishing({"say": dead})
    await publisher.publish(run, CONTRACT)
    await publisher.publish(replace(run, epoch=1), CONTRACT)
    one, other = [json.loads(got.body)["dlqId"] for got in destination.wait("/failed", 2)]

    await publisher.remove_dead_letter(one)
    await publisher.remove_dead_letter(one)

    left = await publisher._client.dlq.list(filter={"url": dead})
    assert [letter.dlq_id for letter in left.messages] == [other]


@pytest.mark.parametrize("nothing", ["", ".", ".."])
async def test_an_id_that_names_no_dead_letter_never_reaches_the_call_that_removes_all(
    publishing: Publishing, destination: Destination, nothing: str
) -> None:
    publisher = publishing({}, qstash_url=destination.url(""))
    with pytest.raises(ValueError, match="every dead letter"):
        await publisher.remove_dead_letter(nothing)
    assert destination.got == []


async def test_an_odd_id_stays_one_part_of_the_address(publishing: Publishing, destination: Destination) -> None:
    publisher = publishing({}, qstash_url=destination.url(""))
    await publisher.remove_dead_letter("../messages?x=#y")
    (got,) = destination.got
    assert (got.method, got.path) == ("DELETE", "/v2/dlq/..%2Fmessages%3Fx%3D%23y")


async def _settled(publisher: QStashPublisher, message_id: str) -> Fate:
    """A finished message can be looked at for a moment more: QStash forgets it about a second later."""
    for _ in range(200):
        if (fate := await publisher.fate(message_id)) is not Fate.ALIVE:
            return fate
        await asyncio.sleep(0.03)
    return Fate.ALIVE


@pytest.mark.parametrize(
    "reply",
    [Reply(404, body=b"<html>no such page"), Reply(400, body=b"[]"), Reply(200, body=b"{}"), Reply(200, body=b"null")],
    ids=["a page", "a foreign 400", "no id", "null"],
)
async def test_what_is_not_qstashs_own_answer_fails_no_run(
    publishing: Publishing, destination: Destination, run: Run, reply: Reply
) -> None:
    """A load balancer before it, or a wrong QSTASH_URL: the run waits."""
    url = destination.url("/to-say")
    destination.replies(f"/v2/publish/{url}", reply)
    publisher = publishing({"say": url}, qstash_url=destination.url(""))
    with pytest.raises(DependencyDown):
        await publisher.publish(run, CONTRACT)
