"""What a turn says of itself: one line, and the metrics that the alarms watch."""

import json
from collections.abc import Mapping

import pytest
from pydantic import SecretStr

from shared.config import MongoSettings
from shared.contract import MARGIN
from shared.database import Database, connect
from shared.observability import NAMESPACE
from tests.integration.check_health.station import PERIOD, Station

Metrics = Mapping[tuple[str, ...], float]
"""Values by name, and the values of the dimensions: the stage, and what else there is."""


def emitted(said: str) -> Metrics:
    """Of all EMF lines."""
    metrics: dict[tuple[str, ...], float] = {}
    for line in map(json.loads, filter(lambda line: line.startswith('{"_aws"'), said.splitlines())):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == NAMESPACE
        ((*dimensions,),) = directive["Dimensions"]
        for metric in directive["Metrics"]:
            (metrics[metric["Name"], *(line[one] for one in dimensions)],) = line[metric["Name"]]
    return metrics


async def test_a_turn_that_has_ended_is_counted_with_its_status_each_latency_and_what_waits(
    database: Database,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STAGE", "staging")
    station = Station(database)
    marked = int((station.world.now() - 60) * 1000)
    await database.orphans.insert_one({"_id": "files/a/1", "marked_at": marked})
    await station.turn(qstash="away")
    capsys.readouterr()
    caplog.clear()
    await station.turn(qstash="away")

    metrics = emitted(capsys.readouterr().out)
    assert metrics["HealthChecked", "staging"] == 1
    assert metrics["HealthStatus", "staging"] == 2
    probed = {tuple(of) for name, _, *of in metrics if name == "ProbeLatency"}
    assert probed == {(part,) for part in station.services.probes}
    waiting = {(name, *of): value for (name, _, *of), value in metrics.items() if "Waiting" in name}
    assert waiting == {("Waiting", "orphans"): 1, ("OldestWaiting", "orphans"): 60 + 2 * PERIOD}
    (line,) = [record.health for record in caplog.records if record.message == "health"]  # type: ignore[attr-defined]
    assert (line["status"], line["changed"], line["why"]) == ("down", True, ["qstash is down: away"])


async def test_a_turn_that_can_not_end_is_not_counted(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The store goes away when the claim has been made."""
    away = connect(MongoSettings(stage="local", mongodb_uri=SecretStr("mongodb://127.0.0.1:9/")))
    handled = await Station(database).desk(database=away).deliver_body(b"", remaining=MARGIN + 1)
    away.client.close()
    assert handled.answer.status == 503
    assert emitted(capsys.readouterr().out) == {}
