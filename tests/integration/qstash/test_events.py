"""The log: its filters, its order, its pages."""

import pytest
from qstash import AsyncQStash, QStash
from qstash.log import LogFilter, LogState
from qstash.message import FlowControl, PublishResponse

from tests.integration.qstash.destination import Destination, Reply, eventually
from tests.integration.qstash.server import Server


def delivered(client: QStash, destination: Destination, label: str) -> str:
    sent = client.message.publish(
        url=destination.replies("/e", Reply(500, body=b"oops"), Reply(200)),
        body="b",
        label=label,
        timeout=30,
        retry_delay="1000",
        callback=destination.url("/cb"),
        flow_control=FlowControl(key="logged", parallelism=5),
    )
    assert isinstance(sent, PublishResponse)
    where: LogFilter = {"message_id": sent.message_id}
    eventually(lambda: client.log.list(filter=where).logs[0].state is LogState.DELIVERED)
    return sent.message_id


def test_a_retried_message_tells_its_whole_story(client: QStash, destination: Destination) -> None:
    logs = client.log.list(filter={"message_id": delivered(client, destination, "story")}).logs[::-1]
    states = [log.state.value for log in logs]
    assert states == ["CREATED", "ACTIVE", "ERROR", "RETRY", "ACTIVE", "DELIVERED"]
    error, retry = logs[2], logs[3]
    assert (error.response_status, error.response_body) == (500, "oops")
    assert error.error
    assert retry.next_delivery_time is not None
    assert retry.next_delivery_time >= retry.time
    assert (logs[0].url, logs[0].body_base64, logs[0].label) == (destination.url("/e"), "Yg==", "story")
    assert (logs[0].retry_delay_expression, logs[0].timeout, logs[0].callback) == ("1000", 30, destination.url("/cb"))
    assert logs[0].flow_control is not None


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"state": LogState.DELIVERED}, 1),
        ({"state": LogState.FAILED}, 0),
        ({"label": "other"}, 0),
        ({"queue": "none"}, 0),
        ({"url_group": "none"}, 0),
        ({"schedule_id": "none"}, 0),
        ({"from_time": 1, "to_time": 9_999_999_999_999}, 6),
        ({"to_time": 1}, 0),
    ],
)
def test_filters_narrow_the_log(client: QStash, destination: Destination, more: LogFilter, found: int) -> None:
    where: LogFilter = {"message_ids": [delivered(client, destination, "narrow"), "other"], **more}
    assert len(client.log.list(filter=where).logs) == found


def test_pages_follow_each_other_in_either_order(client: QStash, server: Server, destination: Destination) -> None:
    name = delivered(client, destination, "paged")
    first = client.log.list(count=4, filter={"message_id": name})
    second = client.log.list(count=4, filter={"message_id": name}, cursor=first.cursor)
    states = [log.state.value for log in (*first.logs, *second.logs)]
    assert states == ["DELIVERED", "ACTIVE", "RETRY", "ERROR", "ACTIVE", "CREATED"]
    assert second.cursor is None
    answer = server.call("GET", "/v2/logs", params={"messageId": name, "order": "earliestFirst"}).json()
    assert [event["state"] for event in answer["events"]] == states[::-1]


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash, client: QStash, destination: Destination) -> None:
    name = delivered(client, destination, "async-log")
    assert len((await async_client.log.list(filter={"message_id": name})).logs) == 6
