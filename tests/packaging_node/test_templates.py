"""Every stage is packaged without credentials, into a template that CloudFormation takes and that holds no secret."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint  # type: ignore[import-untyped]  # it ships no types

from infra.local.serverless import load_document
from shared.config import LOCAL_ONLY
from tests.packaging_node.conftest import ROOT
from tests.packaging_node.packaged import STAGES, Packaged, texts

ALARM = "AWS::CloudWatch::Alarm"
SERVERLESS: Mapping[str, Any] = load_document(ROOT / "serverless.yml")


@pytest.mark.parametrize("stage", STAGES)
def test_cloudformation_would_take_it(packaged: Mapping[str, Packaged], stage: str) -> None:
    """Its rules know cycles, references to nothing, and what a property may be."""
    # osls writes DependsOn beside a reference that says the same (W3005).
    config = ManualArgs(regions=["eu-central-1"], ignore_checks=["W3005"])
    found = lint(packaged[stage].path.read_text("utf-8"), config=config)
    assert [str(match) for match in found] == []


@pytest.mark.parametrize("stage", STAGES)
def test_it_holds_no_secret(packaged: Mapping[str, Packaged], stage: str) -> None:
    """A key that is a secret in one stage's file, or sounds like one, is a reference that CloudFormation follows."""
    references = {
        key
        for name in STAGES
        for key, value in load_document(ROOT / f"infra/stages/{name}.yml").items()
        if "resolve:secretsmanager" in str(value)
    }
    parameters = packaged[stage].template["Parameters"]
    for name, function in packaged[stage].functions.items():
        for key, value in function["Environment"]["Variables"].items():
            if value != "" and (key in references or key.endswith(("_KEY", "_SECRET", "_TOKEN", "_PASSWORD"))):
                secret = parameters[value["Ref"]]
                reference = f"{{{{resolve:secretsmanager:millrace/{stage}:SecretString:{key}::"
                assert (secret["Default"].startswith(reference), secret["NoEcho"]) == (True, True), (name, key)
    assert [text for text in texts(packaged[stage].template) for known in LOCAL_ONLY if known in text] == []


def test_a_template_has_no_more_references_than_cloudformation_follows(packaged: Mapping[str, Packaged]) -> None:
    """It refuses more than 60; some are to spare."""
    assert 0 < packaged["prod"].path.read_text("utf-8").count("{{resolve:") <= 30


def test_before_any_command_no_environment_holds_a_reference() -> None:
    """`deploy function` would write it into the function as it stands; it leaves alone what holds a Ref."""
    script = """
        const functions = { one: { environment: { RESEND_API_KEY: "{{resolve:x}}", STAGE: "dev" } } };
        const service = { provider: {}, getAllFunctions: () => ["one"], getFunction: (name) => functions[name] };
        new (require("./infra/packaging/secrets.js"))({ service }).hooks.initialize();
        console.log(JSON.stringify(functions.one.environment));
    """
    done = subprocess.run(["node", "-e", script], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout) == {"RESEND_API_KEY": {"Ref": "SecretResendApiKey"}, "STAGE": "dev"}


@pytest.mark.parametrize("stage", STAGES)
def test_each_function_ships_its_own_artifact_for_its_architecture(
    packaged: Mapping[str, Packaged], stage: str
) -> None:
    architecture = load_document(ROOT / f"infra/stages/{stage}.yml")["ARCHITECTURE"]
    assert packaged[stage].functions.keys() == SERVERLESS["functions"].keys()
    for name, function in packaged[stage].functions.items():
        assert function["Code"]["S3Key"].endswith(f"/{name}.zip")
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", [architecture])
        assert (packaged[stage].folder / ".local" / "artifacts" / architecture / f"{name}.zip").exists()


def test_a_function_url_may_be_called_by_anybody_and_the_function_by_no_other_way(
    packaged: Mapping[str, Packaged],
) -> None:
    """Since October 2025 a public URL needs both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"""
    permissions = packaged["prod"].of("AWS::Lambda::Permission").values()
    by_action = {
        action: {
            one["FunctionName"]["Fn::GetAtt"][0]
            for one in permissions
            if one["Action"] == action and one.get(key) == value and one["Principal"] == "*"
        }
        for action, key, value in (
            ("lambda:InvokeFunctionUrl", "FunctionUrlAuthType", "NONE"),
            ("lambda:InvokeFunction", "InvokedViaFunctionUrl", True),
        )
    }
    urls = {one["TargetFunctionArn"]["Fn::GetAtt"][0] for one in packaged["prod"].of("AWS::Lambda::Url").values()}
    assert by_action == dict.fromkeys(by_action, urls)
    others = [one for one in permissions if one["Principal"] != "*"]
    assert {one["Principal"] for one in others} == {"apigateway.amazonaws.com"}
    assert all("SourceArn" in one for one in others)


def test_every_log_is_kept_as_long_as_the_stage_says(packaged: Mapping[str, Packaged]) -> None:
    for stage in STAGES:
        days = load_document(ROOT / f"infra/stages/{stage}.yml")["LOG_RETENTION_DAYS"]
        logs = packaged[stage].of("AWS::Logs::LogGroup").values()
        assert {log["RetentionInDays"] for log in logs} == {days}
        assert len(logs) == len(SERVERLESS["functions"]) + 1  # the HTTP API's access log


def test_no_alarm_takes_the_place_of_another(packaged: Mapping[str, Packaged]) -> None:
    """Osls lets a resource of ours silently replace one of the same id that is made for each function."""
    own, each = (load_document(ROOT / f"infra/resources/{name}.yml") for name in ("alarms", "function"))
    declared = [sum(one["Type"] == ALARM for one in found.values()) for found in (own["Resources"], each)]
    assert len(packaged["prod"].of(ALARM)) == declared[0] + declared[1] * len(SERVERLESS["functions"])


def test_stages_differ_in_values_alone(packaged: Mapping[str, Packaged]) -> None:
    kinds = {
        stage: {name: one["Type"] for name, one in made.template["Resources"].items()}
        for stage, made in packaged.items()
    }
    assert kinds["dev"] == kinds["staging"] == kinds["prod"]
