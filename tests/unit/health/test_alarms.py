"""infra/resources/alarms.yml, as CloudFormation would get it, and what it stands beside in serverless.yml."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]  # it ships no types

from infra.local.serverless import load_document, read_service
from infra.local.serverless.variables import Resolver
from shared.health.records import PERIOD

ROOT: Final = Path(__file__).parents[3]
STAGES: Final = ("dev", "staging", "prod")
REGION: Final = "eu-central-1"


def template(stage: str) -> dict[str, Any]:
    resources = Resolver(load_document(ROOT / "serverless.yml"), folder=ROOT, stage=stage, env={}).at("resources")
    return {"AWSTemplateFormatVersion": "2010-09-09", **resources}


def test_cloudformation_takes_the_alarms() -> None:
    found = lint(json.dumps(template("prod")), config=ManualArgs(regions=[REGION]))
    assert [str(match) for match in found] == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_alarms_are_mailed_to_the_stages_own_address(stage: str) -> None:
    resources = template(stage)["Resources"]
    address = load_document(ROOT / f"infra/stages/{stage}.yml")["ALARM_EMAIL"]
    assert resources["AlarmTopic"]["Properties"]["Subscription"] == [{"Protocol": "email", "Endpoint": address}]


def test_no_alarm_of_one_stage_is_called_as_one_of_another() -> None:
    names = [
        resource["Properties"]["AlarmName"]
        for stage in STAGES
        for resource in template(stage)["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    assert len(set(names)) == len(names)


def test_the_checks_run_as_often_as_is_said() -> None:
    schedule = read_service(ROOT / "serverless.yml", stage="prod", env={}).schedules["check_health"]
    minutes = PERIOD.total_seconds() / 60
    assert schedule.cron == f"2-59/{minutes:g} * * * *"
