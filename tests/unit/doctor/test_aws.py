"""What is seen of AWS: the stack, its functions, the account's limits, the secret, the logs; and of no access to it."""

import json
from typing import Any, Final

import pytest

from infra.commands.stage import ROOT
from infra.doctor.aws import SIGN_IN, Aws
from infra.doctor.checks import account, concurrency, deployed, logs, secret, stack
from infra.doctor.model import Check, Finding, State
from infra.local.serverless import load_document
from tests.unit.doctor.examinee import Examinee, service
from tests.unit.doctor.fake_aws import REGION, FakeAws

PROD: Final = load_document(ROOT / "infra/stages/prod.yml")
KEYS: Final = secret.REFERENCE.findall(json.dumps(PROD))
HELD: Final = {key: f"the value of {key}" for key in KEYS}


async def found(check: Check, aws: FakeAws) -> list[Finding]:
    return await Examinee(aws=aws.aws()).finds(check)


async def the(check: Check, aws: FakeAws) -> Finding:
    (one,) = await found(check, aws)
    return one


async def test_without_credentials_nothing_of_it_is_tried() -> None:
    first, *rest = await Examinee().finds(account.CHECK, stack.CHECK, deployed.CHECK, concurrency.CHECK, secret.CHECK)
    assert (first.state, first.seen, first.mend) == (
        State.UNTRIED,
        "no AWS credentials (NoCredentialsError)",
        "AWS_PROFILE, or `aws configure`",
    )
    assert {(one.state, one.seen) for one in rest} == {(State.UNTRIED, "see aws")}


async def test_a_right_that_is_missing_is_named() -> None:
    aws = FakeAws()
    aws.refuses("lambda", "get_account_settings", "AccessDeniedException")
    one = await the(concurrency.CHECK, aws)
    assert (one.state, one.seen) == (State.UNTRIED, "your AWS credentials may not lambda:GetAccountSettings")


async def test_it_says_whose_account_it_is() -> None:
    aws = FakeAws()
    aws.answers("sts", "get_caller_identity", {"Account": "1234", "Arn": "arn:aws:iam::1234:user/ann"})
    assert (await the(account.CHECK, aws)).seen == "account 1234, eu-central-1, as user/ann"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UPDATE_COMPLETE", State.OK),
        ("UPDATE_ROLLBACK_COMPLETE", State.WARN),
        ("ROLLBACK_COMPLETE", State.FAIL),
        ("UPDATE_IN_PROGRESS", State.FAIL),
    ],
)
async def test_a_stack_is_as_well_as_its_last_deploy_ended(status: str, state: State) -> None:
    aws = FakeAws()
    told = {"StackName": "millrace-prod", "CreationTime": "2026-11-30T00:00:00Z", "StackStatus": status}
    aws.answers("cloudformation", "describe_stacks", {"Stacks": [told]}, StackName="millrace-prod")
    assert (await the(stack.CHECK, aws)).state is state


async def test_a_stage_that_was_never_deployed_is_told_the_command() -> None:
    aws = FakeAws()
    aws.refuses("cloudformation", "describe_stacks", "ValidationError")
    one = await the(stack.CHECK, aws)
    assert (one.state, one.seen) == (State.FAIL, "no millrace-prod in eu-central-1")
    assert "make deploy STAGE=prod" in one.mend


def functions(aws: FakeAws, **changed: Any) -> None:
    """As serverless.yml says, but for what the first one has changed."""
    prod = service("prod")
    for index, (name, entry) in enumerate(prod.entries.items()):
        asked = {"FunctionName": f"millrace-prod-{name}"}
        told = {
            "Runtime": prod.runtime,
            "Architectures": [prod.architecture],
            "Timeout": entry.timeout,
            "MemorySize": entry.memory_size,
            "State": "Active",
        }
        aws.answers("lambda", "get_function_configuration", {**told, **(changed if index == 0 else {})}, **asked)
        reserved = {"ReservedConcurrentExecutions": entry.reserved_concurrency} if entry.reserved_concurrency else {}
        aws.answers("lambda", "get_function_concurrency", reserved, **asked)


async def test_functions_that_are_deployed_as_they_are_declared_are_well() -> None:
    aws = FakeAws()
    functions(aws)
    assert (await the(deployed.CHECK, aws)).state is State.OK


async def test_each_way_in_which_one_is_not_is_told() -> None:
    aws = FakeAws()
    functions(aws, Runtime="python3.12", Timeout=6, State="Failed")
    seen = [one.seen for one in await found(deployed.CHECK, aws)]
    assert seen == ["api: Runtime is python3.12, not python3.13", "api: Timeout is 6, not 29", "api: its deploy failed"]


@pytest.mark.parametrize(
    ("all_", "free", "there", "state"),
    [
        (1000, 950, None, State.OK),
        (10, 10, None, State.FAIL),
        (1000, 50, True, State.WARN),
        (150, 105, True, State.OK),  # what is missing is ours
        (150, 105, False, State.FAIL),  # it is another stage's
    ],
)
async def test_the_account_has_to_take_what_is_reserved_and_leave_the_api_enough(
    all_: int, free: int, there: bool | None, state: State
) -> None:
    """A new account has ten in all, and takes none of our reservations."""
    aws = FakeAws()
    limits = {"ConcurrentExecutions": all_, "UnreservedConcurrentExecutions": free}
    aws.answers("lambda", "get_account_settings", {"AccountLimit": limits})
    if there:
        aws.answers("lambda", "get_function_concurrency", {"ReservedConcurrentExecutions": 5})
    elif there is not None:
        aws.refuses("lambda", "get_function_concurrency", "ResourceNotFoundException")
    one = await the(concurrency.CHECK, aws)
    assert (one.state, f"takes {all_} at once" in one.seen) == (state, True)


def held(aws: FakeAws, values: dict[str, str]) -> None:
    asked = {"SecretId": "millrace/prod", "VersionId": PROD["SECRETS_VERSION"]}
    aws.answers("secretsmanager", "get_secret_value", {"SecretString": json.dumps(values)}, **asked)


async def test_a_secret_is_well_that_holds_every_key_of_the_stages_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    aws = FakeAws()
    held(aws, HELD)
    one = await the(secret.CHECK, aws)
    assert (one.state, one.seen.endswith(f"{len(KEYS)} keys")) == (State.OK, True)


@pytest.mark.parametrize(
    ("changed", "state", "seen"),
    [
        ({"QSTASH_TOKEN": ""}, State.FAIL, "without QSTASH_TOKEN"),
        ({"RESEND_API_KEY": "re_local_key"}, State.FAIL, "everybody knows what is in RESEND_API_KEY"),
        ({"MONGODB_URI": "mongodb://other"}, State.WARN, "another MONGODB_URI than here"),
    ],
)
async def test_a_secret_that_lacks_a_key_or_holds_a_known_or_another_one_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], state: State, seen: str
) -> None:
    for key, value in HELD.items():
        monkeypatch.setenv(key, value)
    aws = FakeAws()
    held(aws, {**HELD, **changed})
    one = await the(secret.CHECK, aws)
    assert (one.state, seen in one.seen) == (state, True)
    assert not any(value in f"{one}" for value in (*HELD.values(), *filter(None, changed.values())))


async def test_a_version_of_the_secret_that_nobody_has_stored_fails() -> None:
    aws = FakeAws()
    aws.refuses("secretsmanager", "get_secret_value", "ResourceNotFoundException")
    one = await the(secret.CHECK, aws)
    assert (one.state, one.seen) == (State.FAIL, f"no millrace/prod with the version {PROD['SECRETS_VERSION']}")


async def test_logs_that_are_not_kept_as_long_as_the_stages_file_says_are_named() -> None:
    aws = FakeAws()
    groups = [
        {"logGroupName": f"/aws/lambda/millrace-prod-{name}", "retentionInDays": PROD["LOG_RETENTION_DAYS"]}
        for name in service("prod").entries
        if name != "send_email"
    ]
    del groups[0]["retentionInDays"]  # for ever
    aws.answers("logs", "describe_log_groups", {"logGroups": groups}, logGroupNamePrefix="/aws/lambda/millrace-prod-")
    one = await the(logs.CHECK, aws)
    assert (one.state, one.seen) == (State.FAIL, "no log group of send_email; not kept for 90 days: api")


@pytest.mark.parametrize("text", ["a password", "[]", '{"QSTASH_TOKEN": null}'])
async def test_a_secret_in_which_cloudformation_finds_no_texts_is_told_without_a_word_of_it(text: str) -> None:
    aws = FakeAws()
    aws.answers("secretsmanager", "get_secret_value", {"SecretString": text})
    one = await the(secret.CHECK, aws)
    assert (one.state, one.seen) == (
        State.FAIL,
        f"millrace/prod, version {PROD['SECRETS_VERSION']}, is no JSON object of texts",
    )


@pytest.mark.parametrize("wrong", [{"AWS_PROFILE": "nobodys"}, {"AWS_ACCESS_KEY_ID": "half"}])
async def test_a_profile_that_is_not_there_and_half_a_key_are_no_credentials(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    """Of these boto3 makes no client."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    (one,) = await Examinee(aws=Aws(REGION)).finds(account.CHECK)
    assert (one.state, one.mend) == (State.UNTRIED, SIGN_IN)
