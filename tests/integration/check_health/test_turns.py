"""Turns of the checks, as the cron delivers them: what is recorded, and that each change is told once."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.check_health.contract import CONTRACT
from shared.database import Database, transaction
from shared.delivery import Handled
from shared.errors import DependencyDown
from shared.health import records
from shared.health.model import Status
from shared.health.records import KEPT, MISSED
from shared.runs.model import State, instant
from tests.integration.check_health.station import PERIOD, Station

WELL: dict[str, str] = {}
NO_REDIS = {"redis": "ConnectError"}
NO_QSTASH = {"qstash": "no answer in 5 s"}


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


async def test_a_first_turn_finds_things_as_they_are_and_tells_nobody(station: Station) -> None:
    health = await station.turns(WELL)
    assert (health.status, health.why) == (Status.HEALTHY, ())
    assert {name for name, part in health.parts.items() if part.latency is not None} == set(station.services.probes)
    assert await station.told() == []
    (cron,) = await station.runs(CONTRACT.name)
    assert (cron.id, json.loads(cron.result or "")) == ("cron:check_health", {"status": "healthy", "why": []})


async def test_two_turns_that_fail_are_an_outage_since_the_first_of_them(station: Station) -> None:
    before = await station.turns(WELL, NO_REDIS)
    assert before.status is Status.HEALTHY
    health = await station.turns(NO_REDIS)
    assert (health.status, health.why) == (Status.DEGRADED, ("redis is down: ConnectError",))
    assert health.since == health.parts["redis"].since == before.checked_at
    assert (await station.turns(NO_QSTASH, NO_QSTASH)).status is Status.DOWN


async def test_each_change_is_told_once_by_mail_and_by_webhook(station: Station) -> None:
    both = NO_REDIS | NO_QSTASH
    await station.turns(
        *(WELL, WELL, NO_REDIS, WELL, NO_REDIS, WELL),  # nothing twice in a row
        *(NO_REDIS, NO_REDIS, NO_REDIS, WELL, NO_REDIS),  # degraded
        *(both, both, both, NO_QSTASH, both),  # down
        *(NO_REDIS, NO_REDIS),  # degraded again
        *(WELL, WELL, WELL),  # healthy
    )
    expected = [("healthy", "degraded"), ("degraded", "down"), ("down", "degraded"), ("degraded", "healthy")]
    assert await station.told() == expected
    assert await station.told("send_webhook") == expected


async def test_what_alternates_is_told_at_most_once(station: Station) -> None:
    await station.turns(*[NO_REDIS, WELL] * 4, *[NO_QSTASH, NO_REDIS] * 4)
    assert len(await station.told()) <= 1


async def test_the_alert_is_handed_over_at_once_and_raises_none_itself(station: Station) -> None:
    await station.turns(NO_QSTASH, NO_QSTASH)
    (mail,), (hook,) = await station.runs("send_email"), await station.runs("send_webhook")
    assert {message.run for message in station.publisher.published} == {mail.id, hook.id}
    assert (mail.state, hook.state) == (State.QUEUED, State.QUEUED)
    assert not mail.raises_alert
    assert mail.key == hook.key


async def test_the_alert_waits_for_the_relay_while_qstash_takes_nothing(station: Station) -> None:
    station.publisher.fail = lambda _: DependencyDown("qstash", "away")
    health = await station.turns(NO_QSTASH, NO_QSTASH)
    assert health.status is Status.DOWN
    assert [run.state for run in await station.runs("send_email")] == [State.PENDING]


async def test_without_a_webhook_there_is_a_mail_alone(database: Database) -> None:
    station = Station(database, webhook=False)
    await station.turns(NO_REDIS, NO_REDIS)
    assert (len(await station.told()), await station.told("send_webhook")) == (1, [])


async def test_a_backlog_that_waits_for_too_long_degrades_the_whole(station: Station) -> None:
    long_ago = int((station.world.now() - 3600) * 1000)
    await station.database.documents.insert_one({"_id": "d", "unindexed_since": long_ago})
    health = await station.turns(WELL, WELL)
    assert health.why == ("unindexed: the oldest of 1 has waited for 60 min",)
    await station.database.documents.delete_one({"_id": "d"})
    assert (await station.turns(WELL, WELL)).status is Status.HEALTHY


async def test_a_part_that_is_paid_for_is_left_alone_while_all_is_well(database: Database) -> None:
    station = Station(database, costly=frozenset({"ai"}))
    health = await station.turns(*[WELL] * 5)
    assert (station.asked.count("ai"), station.asked.count("redis")) == (1, 5)
    assert health.parts["ai"].status is Status.HEALTHY
    station.passed += 3600
    no_ai = {"ai": "status 403"}
    health = await station.turns(no_ai, no_ai)
    assert "ai is down: status 403" in health.why


async def test_a_turn_is_kept_for_a_week_with_what_it_looked_at(station: Station) -> None:
    health = await station.turns(NO_REDIS)
    (check,) = [record async for record in station.database.health_checks.find({})]
    redis = check["parts"]["redis"]
    assert (redis["found"], redis["status"], redis["latency"] >= 0) == ("down", "healthy", True)
    assert (check["at"], check["status"]) == (health.checked_at, "healthy")
    assert check["expires_at"] - instant(check["at"]) == KEPT == timedelta(days=7)


async def test_a_part_that_is_probed_no_longer_is_forgotten(station: Station) -> None:
    await station.turns(NO_REDIS, NO_REDIS)
    probes = {name: probe for name, probe in station.services.probes.items() if name != "redis"}
    station.services = replace(station.services, probes=probes)
    health = await station.turns(WELL)
    assert ("redis" in health.parts, health.status) == (False, Status.HEALTHY)


async def test_of_two_turns_that_overlap_one_counts(station: Station) -> None:
    """The second one's lease was over, or its claim's: it begins anew, from what the first has left."""
    await station.turns(NO_QSTASH)
    turns: list[Handled] = []

    async def overtaken() -> None:
        """While this one probes, a whole turn passes."""
        if not turns:
            await station.database.runs.update_one({"_id": "cron:check_health"}, {"$set": {"lease": 0}})
            turns.append(await station.turn(**NO_QSTASH))
        raise DependencyDown("qstash", "away")

    first = station.desk(probes={**station.services.probes, "qstash": overtaken})
    station.passed += PERIOD
    handled = await first.deliver_body(b"")
    assert handled.answer.outcome == "lost"
    assert await station.told() == [("healthy", "down")]


async def test_records_that_another_turn_has_replaced_are_left(database: Database) -> None:
    station = Station(database)
    old = await station.turns(WELL)
    new = await station.turns(WELL)
    with pytest.raises(records.Overtaken):
        await transaction(
            database, lambda session: records.write(database, old, replace(old, turn="x"), session=session)
        )
    with pytest.raises(records.Overtaken):
        await transaction(database, lambda session: records.write(database, None, old, session=session))
    assert await records.read(database) == new


async def test_what_was_checked_too_long_ago_is_stale(station: Station) -> None:
    health = await station.turns(WELL)
    assert records.stale(None, now=0)
    last = health.checked_at / 1000 + MISSED * records.PERIOD.total_seconds()
    assert not records.stale(health, now=last)
    assert records.stale(health, now=last + 1)
    assert records.stale(health, now=last, period=records.PERIOD / 2)
