"""What each function may do in AWS: all of it is here."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.packaging_node.packaged import Packaged

TRACE: Final = ("xray:PutTelemetryRecords xray:PutTraceSegments", "*")
MODEL: Final = "eu.amazon.nova-lite-v1:0"
PROFILE: Final = f"arn:${{AWS::Partition}}:bedrock:eu-central-1:${{AWS::AccountId}}:inference-profile/{MODEL}"
ASK: Final = (
    ("bedrock:InvokeModel", PROFILE),
    ("bedrock:InvokeModel", f"arn:${{AWS::Partition}}:bedrock:eu-central-1::foundation-model/{MODEL}"),
    ("bedrock:InvokeModel", "arn:${AWS::Partition}:bedrock:*::foundation-model/*", f"through {PROFILE}"),
)

MORE: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {"analyze_document": ASK, "check_health": ASK}
"""Beside its log and its traces; a function that is not here has no more."""


def allowed(role: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """What a role may do, as (actions, resource) and, where it is bound to one, the condition."""
    found: set[tuple[str, ...]] = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            actions = " ".join(sorted(listed(statement["Action"])))
            bound = [f"through {plain(one)}" for one in statement.get("Condition", {}).get("StringEquals", {}).values()]
            assert statement.keys() <= {"Effect", "Action", "Resource", "Condition"}
            found |= {(actions, plain(resource), *bound) for resource in listed(statement["Resource"])}
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain(value: Any) -> str:
    match value:
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            return f"{resource}.{attribute}"
        case {"Fn::Sub": str(text)} | str(text):
            return text
    raise AssertionError(value)


def test_every_function_has_a_role_of_its_own_that_lambda_alone_may_take(packaged: Mapping[str, Packaged]) -> None:
    functions = packaged["prod"].functions
    roles = {name: plain(function["Role"]) for name, function in functions.items()}
    assert len(set(roles.values())) == len(functions)
    made = packaged["prod"].of("AWS::IAM::Role")
    assert {f"{name}.Arn" for name in made} == set(roles.values())
    for role in made.values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust == {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        assert role.keys() == {"Description", "AssumeRolePolicyDocument", "Policies"}


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_function_may_write_its_own_log_and_traces_and_do_what_is_listed(
    packaged: Mapping[str, Packaged], stage: str
) -> None:
    made = packaged[stage].of("AWS::IAM::Role")
    found = {
        name: (function, made[plain(function["Role"]).removesuffix(".Arn")])
        for name, function in packaged[stage].functions.items()
    }
    logs = {log["LogGroupName"]: name for name, log in packaged[stage].of("AWS::Logs::LogGroup").items()}
    for name, (function, role) in found.items():
        own = f"{logs['/aws/lambda/' + function['FunctionName']]}.Arn"
        wanted = {("logs:CreateLogStream logs:PutLogEvents", own), TRACE, *MORE.get(name, ())}
        assert (name, allowed(role)) == (name, wanted)
    assert found.keys() >= MORE.keys()
