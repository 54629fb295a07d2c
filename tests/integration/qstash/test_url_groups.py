"""URL groups: their endpoints, and a message to each of them."""

import pytest
from qstash import AsyncQStash, QStash
from qstash.errors import QStashError

from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server


def test_a_group_lives_and_dies(client: QStash, server: Server) -> None:
    client.url_group.delete("group")
    client.url_group.upsert_endpoints("group", [{"url": "http://h.test/1", "name": "one"}, {"url": "http://h.test/2"}])
    client.url_group.upsert_endpoints("group", [{"url": "http://h.test/other", "name": "one"}])
    group = client.url_group.get("group")
    assert [(e.url, e.name) for e in group.endpoints] == [("http://h.test/2", None), ("http://h.test/other", "one")]
    client.url_group.remove_endpoints("group", [{"url": "http://h.test/2"}])
    assert "group" in [one.name for one in client.url_group.list()]
    server.call("PATCH", "/v2/topics/group", json={"endpoints": [{"url": "http://h.test/3", "name": "three"}]})
    assert [e.name for e in client.url_group.get("group").endpoints] == ["three"]
    client.url_group.remove_endpoints("group", [{"name": "three"}])
    with pytest.raises(QStashError, match="404"):
        client.url_group.get("group")


def test_every_endpoint_gets_a_message_of_its_own(client: QStash, destination: Destination) -> None:
    client.url_group.upsert_endpoints(
        "fan", [{"url": destination.url("/1"), "name": "a"}, {"url": destination.url("/2")}]
    )
    sent = client.message.publish(url_group="fan", body="b", deduplication_id="fan-1")
    assert isinstance(sent, list)
    assert [one.url for one in sent] == [destination.url("/1"), destination.url("/2")]
    for path, one in zip(("/1", "/2"), sent, strict=True):
        headers = destination.wait(path)[0].headers
        assert (headers["Upstash-Message-Id"], headers["Upstash-Topic-Name"]) == (one.message_id, "fan")
    again = client.message.publish(url_group="fan", body="b", deduplication_id="fan-1")
    assert isinstance(again, list)
    assert [(one.message_id, one.deduplicated) for one in again] == [(one.message_id, True) for one in sent]
    assert isinstance(client.message.enqueue(queue="fan-q", url_group="fan", body="b"), list)
    batch = client.message.batch([{"url_group": "fan", "body": "b"}])
    assert isinstance(batch[0], list)
    destination.wait("/2", 3)


def test_an_unknown_group_is_not_found(client: QStash) -> None:
    with pytest.raises(QStashError, match="404"):
        client.message.publish(url_group="nobody", body="b")


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash, destination: Destination) -> None:
    group = async_client.url_group
    await group.upsert_endpoints("async-g", [{"url": destination.url("/1")}, {"url": destination.url("/2")}])
    assert isinstance(await async_client.message.publish(url_group="async-g", body="b"), list)
    await group.remove_endpoints("async-g", [{"url": destination.url("/2")}])
    assert len((await group.get("async-g")).endpoints) == 1
    assert "async-g" in [one.name for one in await group.list()]
    await group.delete("async-g")
