"""Queues: their settings, their order, their pauses."""

from qstash import AsyncQStash, QStash

from tests.integration.qstash.destination import Destination, Reply
from tests.integration.qstash.server import Server


def test_a_queue_lives_and_dies(client: QStash) -> None:
    client.queue.upsert("life", parallelism=2)
    queue = client.queue.get("life")
    assert (queue.name, queue.parallelism, queue.paused, queue.lag) == ("life", 2, False, 0)
    client.queue.upsert("life", parallelism=3, paused=True)
    queue = client.queue.get("life")
    assert (queue.parallelism, queue.paused) == (3, True)
    assert queue.updated_at >= queue.created_at
    client.queue.resume("life")
    assert client.queue.get("life").paused is False
    client.queue.delete("life")
    assert "life" not in [queue.name for queue in client.queue.list()]


def test_a_paused_queue_delivers_after_it_is_resumed(client: QStash, destination: Destination) -> None:
    client.queue.upsert("paused")
    client.queue.pause("paused")
    for number in range(3):
        client.message.enqueue(queue="paused", url=destination.url("/q"), body=str(number))
    client.message.publish(url=destination.url("/other"))
    destination.wait("/other")
    assert client.queue.get("paused").lag == 3
    assert destination.at("/q") == []
    client.queue.resume("paused")
    assert [got.body for got in destination.wait("/q", 3)] == [b"0", b"1", b"2"]


def test_a_queue_waits_for_the_retries_of_its_first(client: QStash, destination: Destination) -> None:
    url = destination.replies("/q", Reply(500), Reply(500), Reply())
    for number in range(2):
        client.message.enqueue(queue="ordered", url=url, body=str(number))
    assert [got.body for got in destination.wait("/q", 4)] == [b"0", b"0", b"0", b"1"]


def test_parallelism_is_what_a_queue_says(client: QStash, destination: Destination) -> None:
    client.queue.upsert("wide", parallelism=2)
    url = destination.replies("/w", Reply(after=2))
    for _ in range(4):
        client.message.enqueue(queue="wide", url=url)
    first, second, third, fourth = (got.at for got in destination.wait("/w", 4))
    assert second - first < 1.9 < third - first
    assert fourth - second > 1.9


def test_deleting_a_queue_cancels_what_waits_in_it(client: QStash, destination: Destination) -> None:
    client.queue.upsert("doomed", paused=True)
    client.message.enqueue(queue="doomed", url=destination.url("/doomed"), label="doomed")
    client.queue.delete("doomed")
    assert client.log.list(filter={"label": "doomed"}).logs[0].state.value == "CANCELED"


def test_a_plan_has_so_many_queues(free_server: Server) -> None:
    answers = [free_server.call("POST", "/v2/queues", json={"queueName": f"q{n}"}).status_code for n in range(11)]
    assert answers == [200] * 10 + [400]


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash) -> None:
    queue = async_client.queue
    await queue.upsert("async-q", parallelism=4)
    await queue.pause("async-q")
    assert (await queue.get("async-q")).paused is True
    await queue.resume("async-q")
    assert [one.parallelism for one in await queue.list() if one.name == "async-q"] == [4]
    await queue.delete("async-q")
