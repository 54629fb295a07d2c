"""The alarms watch what is emitted, ring when they should, and say what to do."""

import json
import re
from typing import Any, Final

import pytest

from infra.local.serverless import load_document, read_service
from shared.health.ages import TOO_LONG
from shared.health.records import PERIOD
from shared.observability import NAMESPACE
from tests.unit.resources.declared import ROOT, STAGES, alarms, part, resources, watched
from tests.unit.resources.emitted import Metric

AWS: Final = {
    ("AWS/Lambda", "Errors", frozenset({"FunctionName"})),
    ("AWS/Lambda", "Throttles", frozenset({"FunctionName"})),
    ("AWS/ApiGateway", "5xx", frozenset({"ApiId"})),
}
"""What Lambda and the HTTP API emit: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html and
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""


def test_each_alarm_watches_a_metric_that_is_emitted(emitted: frozenset[Metric]) -> None:
    found = {name: watched(alarm) for name, alarm in alarms().items()}
    assert {name: metric for name, metric in found.items() if metric not in emitted | AWS} == {}


def test_an_alarm_of_a_stage_watches_that_stage() -> None:
    for alarm in alarms().values():
        if alarm["Namespace"] == NAMESPACE:
            assert {"Name": "stage", "Value": "staging"} in alarm["Dimensions"]


def test_every_alarm_tells_somebody_and_says_what_to_do() -> None:
    for alarm in alarms().values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
        assert len(alarm["AlarmDescription"]) > 50
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400  # CloudWatch takes no more


@pytest.mark.parametrize("metric", ["HealthChecked", "Relayed"])
def test_an_alarm_rings_when_three_turns_are_missing(metric: str) -> None:
    """Of the checks and of the relay, each of whose turns emits one."""
    (alarm,) = [one for one in alarms().values() if one["MetricName"] == metric]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 3)
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 1, "LessThanThreshold")


def test_silence_rings_no_other_alarm() -> None:
    for alarm in alarms().values():
        if alarm["MetricName"] not in {"HealthChecked", "Relayed"}:
            assert alarm["TreatMissingData"] in {"notBreaching", "ignore"}


def test_an_alarm_on_many_turns_of_the_checks_rings_though_one_is_late() -> None:
    """A period without a turn does not breach; the next has two."""
    for name, alarm in alarms().items():
        if alarm["EvaluationPeriods"] > 3 and alarm["TreatMissingData"] == "notBreaching":
            assert alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"], name


def test_what_waits_rings_after_the_mail_that_tells_of_it_should_have_come() -> None:
    (alarm,) = [one for one in alarms().values() if one["MetricName"] == "OldestWaiting"]
    assert {"Name": "backlog", "Value": "pending"} in alarm["Dimensions"]
    assert alarm["Threshold"] > TOO_LONG["pending"].total_seconds()


def test_the_checks_run_as_often_as_is_said() -> None:
    schedule = read_service(ROOT / "serverless.yml", stage="prod", env={}).schedules["check_health"]
    minutes = PERIOD.total_seconds() / 60
    assert schedule.cron == f"2-59/{minutes:g} * * * *"


@pytest.mark.parametrize("stage", STAGES)
def test_the_alarms_are_mailed_to_the_stages_own_address(stage: str) -> None:
    address = load_document(ROOT / f"infra/stages/{stage}.yml")["ALARM_EMAIL"]
    topic = resources(stage)["AlarmTopic"]["Properties"]
    assert topic["Subscription"] == [{"Protocol": "email", "Endpoint": address}]


def test_no_alarm_of_one_stage_is_called_as_one_of_another() -> None:
    names = [alarm["AlarmName"] for stage in STAGES for alarm in alarms(stage).values()]
    assert len(set(names)) == len(names)


def test_cloudformation_takes_the_alarms() -> None:
    """What they refer to is in the packaged template, which is linted whole where Node is (tests/packaging_node)."""
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "api", "ProtocolType": "HTTP"}}
    template: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {**resources("prod"), "HttpApi": api},
    }
    # Here, for it takes a second, and every worker imports this module.
    from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]  # it ships no types

    found = lint(json.dumps(template), config=ManualArgs(regions=["eu-central-1"]))
    assert [str(match) for match in found] == []


def test_every_page_and_heading_that_an_alarm_names_is_there() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    for alarm in alarms().values():
        for heading in re.findall(r'"([A-Z][^"]+)"', alarm["AlarmDescription"]):
            assert f"## {heading}\n" in text


def test_permissions_are_given_to_functions_that_are_there() -> None:
    functions = load_document(ROOT / "serverless.yml")["functions"]
    assert set(load_document(ROOT / "infra/resources/permissions.yml")["functions"]) <= set(functions)
    assert part("custom.stage.AI_PROVIDER") in load_document(ROOT / "infra/resources/permissions.yml")["models"]
