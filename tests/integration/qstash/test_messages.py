"""Publishing, looking at and cancelling messages with the official SDK, sync and async."""

import pytest
from qstash import AsyncQStash, QStash
from qstash.errors import QStashError
from qstash.log import LogState
from qstash.message import BatchResponse, EnqueueResponse, FlowControl, PublishResponse

from tests.integration.qstash.destination import Destination, Reply, eventually
from tests.integration.qstash.server import Server


def late(client: QStash, destination: Destination) -> str:
    """A message that waits for a long time."""
    published = client.message.publish(url=destination.url("/late"), body="b", delay="10d")
    assert isinstance(published, PublishResponse)
    return published.message_id


def test_a_waiting_message_shows_what_was_asked(client: QStash, destination: Destination) -> None:
    published = client.message.publish_json(
        url=destination.url("/late"),
        body={"a": 1},
        delay="10d",
        retries=2,
        retry_delay="1000 * retried",
        callback=destination.url("/cb"),
        failure_callback=destination.url("/fcb"),
        headers={"x-mine": "1"},
        label="mine",
        method="PUT",
        flow_control=FlowControl(key="shown", parallelism=3, rate=4, period="1m"),
    )
    assert isinstance(published, PublishResponse)
    message = client.message.get(published.message_id)
    assert (message.body, message.method, message.max_retries, message.label) == ('{"a": 1}', "PUT", 2, "mine")
    assert message.headers == {"Content-Type": ["application/json"], "X-Mine": ["1"]}
    assert (message.callback, message.failure_callback) == (destination.url("/cb"), destination.url("/fcb"))
    assert message.retry_delay_expression == "1000 * retried"
    assert message.not_before - message.created_at == 864_000_000
    assert message.flow_control is not None
    assert (message.flow_control.parallelism, message.flow_control.rate, message.flow_control.period) == (3, 4, 60)
    client.message.cancel(published.message_id)


def test_a_message_is_gone_after_its_delivery_but_its_events_tell(client: QStash, destination: Destination) -> None:
    published = client.message.publish(url=destination.url("/x"), body="b")
    assert isinstance(published, PublishResponse)
    name = published.message_id

    def states() -> list[str]:
        return [log.state.value for log in client.log.list(filter={"message_id": name}).logs]

    eventually(lambda: states() == ["DELIVERED", "ACTIVE", "CREATED"])

    def gone() -> bool:
        try:
            client.message.get(name)
        except QStashError:
            return True
        return False

    eventually(gone)


def test_redacted_parts_are_shown_as_their_hash_and_delivered_as_they_are(
    client: QStash, destination: Destination
) -> None:
    published = client.message.publish(
        url=destination.url("/r"),
        body="secret",
        headers={"X-Secret": "s", "X-Open": "o"},
        delay="200s",
        redact={"body": True, "header": ["X-Secret"]},
    )
    assert isinstance(published, PublishResponse)
    message = client.message.get(published.message_id)
    assert message.body is not None
    assert message.headers is not None
    assert message.body.startswith("REDACTED:")
    assert message.headers["X-Secret"][0].startswith("REDACTED:")
    assert message.headers["X-Open"] == ["o"]
    (got,) = destination.wait("/r")
    assert (got.body, got.headers["X-Secret"]) == (b"secret", "s")


def test_a_second_message_of_the_same_id_is_not_sent(server: Server, client: QStash, destination: Destination) -> None:
    first = client.message.publish(url=destination.url("/d"), deduplication_id="once")
    second = client.message.publish(url=destination.url("/d"), deduplication_id="once")
    assert isinstance(first, PublishResponse)
    assert isinstance(second, PublishResponse)
    assert (second.message_id, first.deduplicated, second.deduplicated) == (first.message_id, False, True)
    raw = server.call("POST", f"/v2/publish/{destination.url('/d')}", headers={"Upstash-Deduplication-Id": "once"})
    assert (raw.status_code, raw.json()["deduplicated"]) == (202, True)
    eventually(lambda: len(destination.at("/d")) == 1)


def test_content_makes_a_duplicate_too(client: QStash, destination: Destination) -> None:
    def publish(body: str, **more: str) -> bool:
        published = client.message.publish(
            url=destination.url("/c"), body=body, content_based_deduplication=True, headers=more
        )
        assert isinstance(published, PublishResponse)
        return published.deduplicated

    assert [publish("a"), publish("a"), publish("b"), publish("a", x="1")] == [False, True, False, False]


def test_a_batch_answers_item_by_item(client: QStash, server: Server, destination: Destination) -> None:
    sent = client.message.batch(
        [{"url": destination.url("/b1"), "body": "1"}, {"url": destination.url("/b2"), "body": "2", "queue": "batched"}]
    )
    assert all(isinstance(one, BatchResponse) for one in sent)
    assert (destination.wait("/b1")[0].body, destination.wait("/b2")[0].body) == (b"1", b"2")
    sent = client.message.batch_json([{"url": destination.url("/b3"), "body": {"a": 1}}])
    assert destination.wait("/b3")[0].headers["Content-Type"] == "application/json"
    mixed = server.call(
        "POST",
        "/v2/batch",
        json=[
            {"destination": "nowhere:", "headers": {}, "body": "x", "queue": None},
            {"destination": destination.url("/b4"), "headers": {"Upstash-Retries": "99"}},
            {"destination": destination.url("/b5")},
        ],
    ).json()
    assert [sorted(one) for one in mixed] == [["error"], ["error"], ["messageId"]]


def test_a_queue_takes_messages_and_no_delays(client: QStash, server: Server, destination: Destination) -> None:
    assert isinstance(client.message.enqueue(queue="taken", url=destination.url("/q"), body="1"), EnqueueResponse)
    assert isinstance(client.message.enqueue_json(queue="taken", url=destination.url("/q"), body=2), EnqueueResponse)
    assert [got.body for got in destination.wait("/q", 2)] == [b"1", b"2"]
    path = f"/v2/enqueue/taken/{destination.url('/q')}"
    assert server.call("POST", path, headers={"Upstash-Delay": "1s"}).status_code == 400


def test_messages_are_cancelled_one_by_one_or_many(client: QStash, server: Server, destination: Destination) -> None:
    one, two, three, four = (late(client, destination) for _ in range(4))
    client.message.cancel(one)
    with pytest.raises(QStashError, match="404"):
        client.message.get(one)
    states = [log.state for log in client.log.list(filter={"message_id": one}).logs]
    assert states == [LogState.CANCELED, LogState.CANCEL_REQUESTED, LogState.CREATED]
    assert client.message.cancel_many([one, two, "none"]) == 1
    assert server.call("DELETE", "/v2/messages", params={"messageIds": f"{three},{four}"}).json() == {"cancelled": 2}
    assert destination.at("/late") == []


def test_an_unknown_filter_does_not_cancel_everything(client: QStash, server: Server, destination: Destination) -> None:
    name = late(client, destination)
    assert server.call("DELETE", "/v2/messages", params={"mesageId": name}).status_code == 400
    assert server.call("DELETE", "/v2/messages", json={"messageIds": []}).json() == {"cancelled": 0}
    assert client.message.get(name).message_id == name
    client.message.cancel(name)


def test_cancelling_all_cancels_all(own_server: Server, destination: Destination) -> None:
    own_server.start()
    for _ in range(3):
        own_server.call("POST", f"/v2/publish/{destination.url('/x')}", headers={"Upstash-Delay": "1h"})
    assert own_server.call("DELETE", "/v2/messages").json() == {"cancelled": 3}
    assert own_server.call("GET", "/local/idle").json()["idle"] is True


def test_a_message_on_its_way_is_not_tried_again_after_a_cancel(client: QStash, destination: Destination) -> None:
    url = destination.replies("/slow", Reply(500, after=0.4))
    published = client.message.publish(url=url, retries=3)
    assert isinstance(published, PublishResponse)
    destination.wait("/slow")
    client.message.cancel(published.message_id)
    where = published.message_id
    eventually(lambda: client.log.list(filter={"message_id": where}).logs[0].state is LogState.CANCELED)
    assert len(destination.at("/slow")) == 1


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash, destination: Destination) -> None:
    message = async_client.message
    sent = await message.publish_json(url=destination.url("/a1"), body=1)
    assert isinstance(sent, PublishResponse)
    await message.publish(url=destination.url("/a2"), body=b"\xff")
    await message.enqueue(queue="async", url=destination.url("/a3"), body="3")
    await message.enqueue_json(queue="async", url=destination.url("/a4"), body=4)
    await message.batch([{"url": destination.url("/a5"), "body": "5"}])
    await message.batch_json([{"url": destination.url("/a6"), "body": 6}])
    bodies = [destination.wait(f"/a{number}")[0].body for number in range(1, 7)]
    assert bodies == [b"1", b"\xff", b"3", b"4", b"5", b"6"]
    waiting = [await message.publish(url=destination.url("/l"), delay="10d", label="async") for _ in range(3)]
    ids = [one.message_id for one in waiting if isinstance(one, PublishResponse)]
    assert (await message.get(ids[0])).label == "async"
    await message.cancel(ids[0])
    assert await message.cancel_many(ids) == 2
