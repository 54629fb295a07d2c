"""Dead letters: found, deleted, and sent again, in the forms of both SDKs."""

import pytest
from qstash import AsyncQStash, QStash

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from tests.integration.qstash.destination import Destination, Reply, eventually
from tests.integration.qstash.server import Server


def failed(client: QStash, url: str, count: int = 1, label: str | None = None) -> list[str]:
    """The ids of so many dead letters for `url`."""
    for _ in range(count):
        client.message.publish(url=url, body="b", retries=0, headers={"X-A": "1"}, label=label)
    eventually(lambda: len(client.dlq.list(filter={"url": url}).messages) == count)
    return [letter.dlq_id for letter in client.dlq.list(filter={"url": url}).messages]


def test_a_letter_is_got_and_deleted(client: QStash, destination: Destination) -> None:
    (dlq_id,) = failed(client, destination.replies("/x", Reply(404, {"X-Why": "no"}, b"404 Not Found")), label="mine")
    letter = client.dlq.get(dlq_id)
    assert (letter.response_status, letter.response_body, letter.label) == (404, "404 Not Found", "mine")
    assert letter.response_headers is not None
    assert letter.response_headers["X-Why"] == ["no"]
    client.dlq.delete(dlq_id)
    assert client.dlq.list(filter={"label": "mine"}).messages == []


def test_many_are_deleted_by_ids_in_the_body_or_in_the_query(
    server: Server, client: QStash, destination: Destination
) -> None:
    url = destination.replies("/x", Reply(500))
    one, two, three = failed(client, url, 3)
    assert client.dlq.delete_many([one]) == 1
    deleted = server.call("DELETE", "/v2/dlq", params=[("dlqIds", two), ("dlqIds", three), ("dlqIds", "none")])
    assert deleted.json() == {"deleted": 2}


def test_pages_follow_each_other(client: QStash, destination: Destination) -> None:
    url = destination.replies("/x", Reply(500))
    ids = failed(client, url, 3)
    first = client.dlq.list(count=2, filter={"url": url})
    second = client.dlq.list(count=2, filter={"url": url}, cursor=first.cursor)
    assert [letter.dlq_id for letter in (*first.messages, *second.messages)] == ids
    assert second.cursor is None


@pytest.mark.parametrize(("status", "found"), [(500, 1), (404, 0)])
def test_letters_are_filtered(client: QStash, destination: Destination, status: int, found: int) -> None:
    url = destination.replies("/x", Reply(500))
    failed(client, url)
    where = {
        "url": url,
        "response_status": status,
        "caller_ip": "127.0.0.1",
        "from_time": 1,
        "to_time": 9_999_999_999_999,
    }
    assert len(client.dlq.list(filter=where).messages) == found  # type: ignore[arg-type] # a TypedDict, built in parts


def test_a_letter_is_sent_again_as_a_new_message(server: Server, client: QStash, destination: Destination) -> None:
    url = destination.replies("/x", Reply(500), Reply(200))
    (dlq_id,) = failed(client, url)
    answer = server.call("POST", f"/v2/dlq/retry/{dlq_id}")
    assert answer.status_code == 201
    assert answer.json()["responses"] == [{"messageId": answer.json()["messageId"]}]
    first, second = destination.wait("/x", 2)
    assert second.headers["Upstash-Message-Id"] == answer.json()["messageId"] != first.headers["Upstash-Message-Id"]
    assert (second.body, second.headers["X-A"]) == (first.body, "1")
    assert client.dlq.list(filter={"url": url}).messages == []


def test_many_are_sent_again_and_the_call_may_change_them(
    server: Server, client: QStash, destination: Destination
) -> None:
    url = destination.replies("/x", Reply(500))
    ids = failed(client, url, 2)
    answer = server.call(
        "POST", "/v2/dlq/retry", params=[("dlqIds", name) for name in ids], headers={"Upstash-Method": "PUT"}
    ).json()
    assert answer["cursor"] == ""
    assert len(answer["responses"]) == 2
    assert [got.method for got in destination.wait("/x", 4)[2:]] == ["PUT", "PUT"]


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash, server: Server, destination: Destination) -> None:
    sync = QStash(DEVELOPMENT_TOKEN, base_url=server.url)
    one, two, three = failed(sync, destination.replies("/x", Reply(500)), 3)
    sync.http._client.close()
    assert (await async_client.dlq.get(one)).dlq_id == one
    await async_client.dlq.delete(one)
    assert await async_client.dlq.delete_many([two, three]) == 2
    assert (await async_client.dlq.list(filter={"url": destination.url("/x")})).messages == []
