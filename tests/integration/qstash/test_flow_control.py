"""Flow controls: what holds messages back, and who may change it."""

import pytest
from qstash import AsyncQStash, QStash
from qstash.errors import QStashError
from qstash.message import FlowControl, PublishResponse

from tests.integration.qstash.destination import Destination, Reply, eventually
from tests.integration.qstash.server import Server


def test_parallelism_holds_messages_back(client: QStash, destination: Destination) -> None:
    url = destination.replies("/one", Reply(after=0.3))
    for _ in range(3):
        client.message.publish(url=url, flow_control=FlowControl(key="single", parallelism=1))
    destination.wait("/one")
    info = client.flow_control.get("single")
    assert (info.parallelism_max, info.parallelism_count, info.wait_list_size) == (1, 1, 2)
    first, second, third = (got.at for got in destination.wait("/one", 3))
    assert second - first > 0.29
    assert third - second > 0.29


def test_a_rate_lets_so_many_go_in_a_period_whatever_the_time_scale(client: QStash, destination: Destination) -> None:
    for _ in range(5):
        client.message.publish(url=destination.url("/rated"), flow_control=FlowControl(key="rated", rate=2, period=1))
    arrived = [got.at for got in destination.wait("/rated", 5)]
    # Arrivals, which a busy machine shifts: without a rate, all five come within a few hundredths of a second.
    assert arrived[2] - arrived[0] > 0.6
    assert arrived[4] - arrived[0] > 1.5


def test_a_paused_key_waits(client: QStash, destination: Destination) -> None:
    client.flow_control.pause("halt")
    client.message.publish(url=destination.url("/halted"), flow_control=FlowControl(key="halt", parallelism=5))
    client.message.publish(url=destination.url("/free"))
    destination.wait("/free")
    assert client.flow_control.get("halt").is_paused
    assert client.flow_control.get("halt").wait_list_size == 1
    assert destination.at("/halted") == []
    client.flow_control.resume("halt")
    destination.wait("/halted")


def test_a_pin_holds_against_messages(client: QStash, destination: Destination) -> None:
    control = FlowControl(key="pinned", parallelism=5, rate=10, period="1m")
    client.flow_control.pin("pinned", {"parallelism": 3, "rate": 20, "period": 120})
    client.message.publish(url=destination.url("/p"), flow_control=control)
    info = client.flow_control.get("pinned")
    assert (info.parallelism_max, info.rate_max, info.rate_period) == (3, 20, 120)
    assert (info.is_pinned_parallelism, info.is_pinned_rate) == (True, True)
    client.flow_control.unpin("pinned", {"parallelism": True})
    client.message.publish(url=destination.url("/p"), flow_control=control)
    info = client.flow_control.get("pinned")
    assert (info.parallelism_max, info.rate_max, info.is_pinned_parallelism, info.is_pinned_rate) == (
        5,
        20,
        False,
        True,
    )


def test_resetting_a_rate_begins_a_new_period(client: QStash, destination: Destination) -> None:
    control = FlowControl(key="reset", rate=1, period="1h")
    for _ in range(2):
        client.message.publish(url=destination.url("/r"), flow_control=control)
    destination.wait("/r")
    assert client.flow_control.get("reset").rate_count == 1
    client.flow_control.reset_rate("reset")
    destination.wait("/r", 2)


def test_a_message_with_wider_limits_frees_those_that_wait(client: QStash, destination: Destination) -> None:
    for rate in (1, 1, 5):
        client.message.publish(
            url=destination.url("/wide"), flow_control=FlowControl(key="wide", rate=rate, period="1h")
        )
    destination.wait("/wide", 3)


def test_keys_are_listed_and_searched(client: QStash, server: Server, destination: Destination) -> None:
    client.message.publish(url=destination.url("/k"), flow_control=FlowControl(key="find-me", rate=1))
    found = server.call("GET", "/v2/flowControl", params={"search": "find"}).json()
    assert [one["flowControlKey"] for one in found] == ["find-me"]
    assert "find-me" in [one["flowControlKey"] for one in server.call("GET", "/v2/flowControl").json()]
    with pytest.raises(QStashError, match="404"):
        client.flow_control.get("never-seen")


def test_cancelling_what_is_held_back_empties_the_wait_list(client: QStash, destination: Destination) -> None:
    client.flow_control.pause("emptied")
    sent = client.message.publish(url=destination.url("/e"), flow_control=FlowControl(key="emptied", rate=1))
    assert isinstance(sent, PublishResponse)
    eventually(lambda: client.flow_control.get("emptied").wait_list_size == 1)
    client.message.cancel(sent.message_id)
    assert client.flow_control.get("emptied").wait_list_size == 0
    client.flow_control.resume("emptied")


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash) -> None:
    flow = async_client.flow_control
    await flow.pause("async-f")
    await flow.pin("async-f", {"parallelism": 2})
    assert (await flow.get("async-f")).parallelism_max == 2
    await flow.unpin("async-f", {"parallelism": True, "rate": True})
    await flow.reset_rate("async-f")
    await flow.resume("async-f")
    assert (await flow.get("async-f")).is_paused is False
    assert (await flow.get_global_parallelism()).parallelism_max == 100
