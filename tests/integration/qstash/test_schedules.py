"""Schedules: their settings, and that they fire; a minute passes in 0.3 s here."""

import pytest
from qstash import AsyncQStash, QStash
from qstash.errors import QStashError
from qstash.message import FlowControl
from qstash.schedule import ScheduleState

from tests.integration.qstash.destination import Destination, eventually
from tests.integration.qstash.server import Server


def test_a_schedule_shows_what_was_asked(client: QStash, destination: Destination) -> None:
    name = client.schedule.create_json(
        destination=destination.url("/never"),
        cron="CRON_TZ=Europe/Berlin 1 1 1 1 *",
        body={"a": 1},
        retries=2,
        retry_delay="5000",
        delay=30,
        timeout=20,
        queue="scheduled",
        label="yearly",
        headers={"x-mine": "1"},
        callback=destination.url("/cb"),
        flow_control=FlowControl(key="f", parallelism=2),
        schedule_id="shown",
    )
    assert name == "shown"
    shown = client.schedule.get(name)
    assert (shown.destination, shown.cron) == (destination.url("/never"), "CRON_TZ=Europe/Berlin 1 1 1 1 *")
    assert (shown.body, shown.method, shown.retries, shown.retry_delay_expression) == ('{"a": 1}', "POST", 2, "5000")
    assert (shown.delay, shown.timeout, shown.queue, shown.label) == (30, 20, "scheduled", "yearly")
    assert shown.headers == {"Content-Type": ["application/json"], "X-Mine": ["1"]}
    assert (shown.callback, shown.paused, shown.last_schedule_time) == (destination.url("/cb"), False, None)
    assert shown.flow_control is not None
    assert (shown.flow_control.parallelism, shown.flow_control.rate, shown.flow_control.period) == (2, None, 1)
    client.schedule.delete(name)
    assert name not in [one.schedule_id for one in client.schedule.list()]
    with pytest.raises(QStashError, match="404"):
        client.schedule.get(name)


def test_a_schedule_fires_by_its_cron_until_it_is_paused(client: QStash, destination: Destination) -> None:
    name = client.schedule.create(destination=destination.url("/tick"), cron="* * * * *", body="tick")
    first, second = destination.wait("/tick", 2)[:2]
    assert first.headers["Upstash-Schedule-Id"] == name
    assert first.headers["Upstash-Message-Id"] != second.headers["Upstash-Message-Id"]
    assert 0.1 < second.at - first.at < 10
    client.schedule.pause(name)
    shown = client.schedule.get(name)
    assert shown.paused
    assert shown.last_schedule_time is not None
    assert shown.last_schedule_states is not None
    eventually(lambda: list((client.schedule.get(name).last_schedule_states or {}).values()) == [ScheduleState.SUCCESS])
    count = len(destination.at("/tick"))
    client.message.publish(url=destination.url("/later"), delay="150s")
    destination.wait("/later")
    assert len(destination.at("/tick")) == count
    client.schedule.resume(name)
    destination.wait("/tick", count + 1)
    client.schedule.delete(name)


def test_a_schedule_of_the_same_id_is_changed_not_doubled(client: QStash, destination: Destination) -> None:
    for cron in ("1 1 1 1 *", "2 2 2 2 *"):
        client.schedule.create(destination=destination.url("/x"), cron=cron, schedule_id="same")
    assert [one.cron for one in client.schedule.list() if one.schedule_id == "same"] == ["2 2 2 2 *"]
    client.schedule.delete("same")


def test_a_schedule_through_a_queue_and_to_a_group(client: QStash, destination: Destination) -> None:
    client.url_group.upsert_endpoints("ticks", [{"url": destination.url("/g1")}, {"url": destination.url("/g2")}])
    name = client.schedule.create(destination="ticks", cron="* * * * *", queue="ticking", body="b")
    assert destination.wait("/g1")[0].headers["Upstash-Topic-Name"] == "ticks"
    destination.wait("/g2")
    client.url_group.delete("ticks")
    eventually(lambda: "not found" in (client.schedule.get(name).error or ""))
    client.schedule.delete(name)


def test_post_pauses_and_resumes_as_well(client: QStash, server: Server, destination: Destination) -> None:
    name = client.schedule.create(destination=destination.url("/x"), cron="1 1 1 1 *")
    assert server.call("POST", f"/v2/schedules/{name}/pause").status_code == 200
    assert client.schedule.get(name).paused
    assert server.call("POST", f"/v2/schedules/{name}/resume").status_code == 200
    assert not client.schedule.get(name).paused
    client.schedule.delete(name)


@pytest.mark.parametrize("cron", ["", "every day", "* * * * * *", "CRON_TZ=Nowhere/At_All * * * * *"])
def test_a_bad_cron_is_refused(server: Server, destination: Destination, cron: str) -> None:
    answer = server.call("POST", f"/v2/schedules/{destination.url('/x')}", headers={"Upstash-Cron": cron})
    assert answer.status_code == 400
    assert "cron" in answer.json()["error"]


async def test_the_async_sdk_does_the_same(async_client: AsyncQStash, destination: Destination) -> None:
    schedule = async_client.schedule
    name = await schedule.create(destination=destination.url("/x"), cron="1 1 1 1 *", body="b")
    await schedule.create_json(destination=destination.url("/y"), cron="1 1 1 1 *", body=1, schedule_id=name)
    await schedule.pause(name)
    assert (await schedule.get(name)).paused is True
    await schedule.resume(name)
    assert [one.destination for one in await schedule.list() if one.schedule_id == name] == [destination.url("/y")]
    await schedule.delete(name)
