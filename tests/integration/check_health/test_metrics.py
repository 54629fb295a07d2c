"""What a turn says of itself: one line, and the metrics that the alarms watch."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from functions.relay_jobs.handler import handler as relay
from infra.local.serverless import load_document
from infra.local.serverless.variables import Resolver
from shared.config import MongoSettings
from shared.contract import MARGIN
from shared.database import Database, connect
from shared.enqueue import Enqueuer
from shared.observability import NAMESPACE, count_relayed, tell_cleanup_refused
from shared.relay import Relay
from tests.integration.check_health.station import Station
from tests.support.desk import Desk, FakePublisher

ROOT: Final = Path(__file__).parents[3]

Metrics = Mapping[tuple[str, str, str], float]
"""Values by name, dimension and the dimension's value."""


def emitted(said: str) -> Metrics:
    """Of all EMF lines."""
    metrics: dict[tuple[str, str, str], float] = {}
    for line in map(json.loads, filter(lambda line: line.startswith('{"_aws"'), said.splitlines())):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == NAMESPACE
        ((dimension,),) = directive["Dimensions"]
        for metric in directive["Metrics"]:
            (metrics[metric["Name"], dimension, line[dimension]],) = line[metric["Name"]]
    return metrics


async def test_a_turn_that_has_ended_is_counted_with_its_status_and_each_latency(
    database: Database, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    station = Station(database, stage="staging")
    await station.turn(qstash="away")
    capsys.readouterr()
    caplog.clear()
    await station.turn(qstash="away")

    metrics = emitted(capsys.readouterr().out)
    assert metrics["HealthChecked", "stage", "staging"] == 1
    assert metrics["HealthStatus", "stage", "staging"] == 2
    probed = {part for name, dimension, part in metrics if (name, dimension) == ("ProbeLatency", "dependency")}
    assert probed == set(station.services.probes)
    (line,) = [record.health for record in caplog.records if record.message == "health"]  # type: ignore[attr-defined]
    assert (line["status"], line["changed"], line["why"]) == ("down", True, ["qstash is down: away"])


async def test_a_turn_that_can_not_end_is_not_counted(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The store goes away when the claim has been made."""
    away = connect(MongoSettings(stage="local", mongodb_uri=SecretStr("mongodb://127.0.0.1:9/")))
    handled = await Station(database).desk(database=away).deliver_body(b"", remaining=MARGIN + 1)
    away.client.close()
    assert handled.answer.status == 503
    assert emitted(capsys.readouterr().out) == {}


def alarms() -> Mapping[str, Mapping[str, Any]]:
    """As they are deployed to staging."""
    document = load_document(ROOT / "serverless.yml")
    resources = Resolver(document, folder=ROOT, stage="staging", env={}).at("resources.Resources")
    found = {name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert found
    return found


async def test_each_alarm_watches_a_metric_that_is_emitted(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await Station(database, stage="staging").turn()
    enqueuer = Enqueuer(database, FakePublisher(), {}, Station(database).world)
    watched = Relay(enqueuer, ended=lambda: count_relayed("staging"))
    await Desk(database, relay.contract, relay.work, services=watched).deliver_body(b"")
    tell_cleanup_refused("staging", refused=False)

    metrics = emitted(capsys.readouterr().out)
    for alarm in alarms().values():
        (dimension,) = alarm["Dimensions"]
        assert alarm["Namespace"] == NAMESPACE
        assert (alarm["MetricName"], dimension["Name"], dimension["Value"]) in metrics


def test_an_alarm_rings_when_three_turns_are_missing() -> None:
    """Of the checks and of the relay, each of whose turns emits one."""
    for metric in ("HealthChecked", "Relayed"):
        (alarm,) = [one for one in alarms().values() if one["MetricName"] == metric]
        assert alarm["TreatMissingData"] == "breaching"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 3)
        assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 1, "LessThanThreshold")
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
