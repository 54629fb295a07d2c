"""What has to be done about schedules, and where their functions are."""

from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]  # it ships no types
from qstash.errors import QStashError, RateLimitExceededError

from infra.local.serverless import Service, read_service
from infra.schedules.account import RefusedByQStash, apply, calling
from infra.schedules.addresses import addresses
from infra.schedules.declared import declared, scheduled
from infra.schedules.differing import Difference, Kind, differences
from infra.schedules.model import Found, Schedule
from shared.errors import ConfigurationError, DependencyDown, MillraceError
from tests.unit.commands.fake_schedules import Starting, account

ROOT = Path(__file__).parents[3]
RELAY = Schedule("https://relay.example/", "*/5 * * * *")


def kinds(found: list[Difference]) -> dict[str, Kind]:
    return {one.id: one.kind for one in found}


def test_what_is_alike_is_no_difference_paused_or_not() -> None:
    assert differences({"relay": RELAY}, {"relay": Found(RELAY, paused=True)}) == []


def test_added_changed_and_gone_are_told_apart() -> None:
    other = Found(Schedule("https://relay.example/", "*/9 * * * *"))
    found = differences({"relay": RELAY, "new": RELAY}, {"relay": other, "old": other})
    assert kinds(list(found)) == {"relay": Kind.CHANGED, "new": Kind.ADDED, "old": Kind.GONE}


@pytest.mark.parametrize(
    ("part", "value"),
    [("destination", "https://x/"), ("cron", "1 * * * *"), ("body", "{}"), ("retries", 3), ("method", "GET")],
)
def test_each_part_that_differs_is_named(part: str, value: Any) -> None:
    parts: dict[str, Any] = {name: getattr(RELAY, name) for name in Schedule.__slots__} | {part: value}
    (found,) = differences({"relay": RELAY}, {"relay": Found(Schedule(**parts))})
    assert found.parts == (part,)


async def test_a_paused_one_is_paused_again_where_a_change_has_started_it() -> None:
    schedules = Starting({"relay", "other"})
    found = {"relay": Found(Schedule("https://x/", "1 * * * *"), paused=True)}
    await apply(account(schedules), differences({"relay": RELAY}, found))
    assert schedules.paused == {"relay", "other"}


async def test_one_that_runs_is_not_paused() -> None:
    schedules = Starting()
    await apply(account(schedules), differences({"new": RELAY, "relay": RELAY}, {"relay": Found(Schedule("x", "1"))}))
    assert schedules.paused == set()


@pytest.fixture(scope="module")
def service() -> Service:
    return read_service(ROOT / "serverless.yml", stage="prod", env={})


def test_every_declared_cron_is_one_with_its_functions_url_and_its_body(service: Service) -> None:
    urls = {name: f"https://{name}.example/" for name in scheduled(service)}
    wanted = declared(service, urls)
    assert wanted["sync_search_audit"] == Schedule("https://sync_search.example/", "17 */6 * * *", '{"audit": true}')
    assert set(wanted) == set(service.schedules)


def test_a_url_that_is_given_is_not_asked_for(service: Service) -> None:
    given = {f"JOB_URL_{name.upper()}": f"https://{name}/" for name in scheduled(service)}
    assert addresses(service, given, client=None) == {name: f"https://{name}/" for name in scheduled(service)}


def test_behind_a_custom_domain_crons_call_the_url_by_which_deliveries_are_verified(service: Service) -> None:
    given = {"DELIVERY_URL": "https://jobs.example/{function}", "JOB_URL_RELAY_JOBS": "https://other.example/"}
    assert addresses(service, given, client=None)["relay_jobs"] == "https://jobs.example/relay_jobs"


def answering(service: Service, **refusal: Any) -> Any:
    client = boto3.client("lambda", "eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    stubbed = Stubber(client)
    for name in scheduled(service):
        asked = {"FunctionName": f"millrace-prod-{name}"}
        if refusal:
            stubbed.add_client_error("get_function_url_config", expected_params=asked, **refusal)
            break
        url = {"FunctionUrl": f"https://{name}.lambda-url.eu-central-1.on.aws/", "AuthType": "NONE"}
        whole = url | {
            "FunctionArn": "arn:aws:lambda:eu-central-1:1:function:f",
            "CreationTime": "2026",
            "LastModifiedTime": "2026",
        }
        stubbed.add_response("get_function_url_config", whole, asked)
    stubbed.activate()
    return client


def test_aws_is_asked_by_the_names_that_the_deploy_gives(service: Service) -> None:
    found = addresses(service, {}, client=answering(service))
    assert found["relay_jobs"] == "https://relay_jobs.lambda-url.eu-central-1.on.aws/"


def test_a_function_that_is_not_deployed_is_named(service: Service) -> None:
    client = answering(service, service_error_code="ResourceNotFoundException", http_status_code=404)
    with pytest.raises(ConfigurationError, match="no function millrace-prod-relay_jobs with a URL in eu-central-1"):
        addresses(service, {}, client=client)


def test_a_refusal_of_aws_is_one_of_ours(service: Service) -> None:
    client = answering(service, service_error_code="AccessDeniedException", http_status_code=403)
    with pytest.raises(DependencyDown, match="aws: AccessDeniedException for millrace-prod-relay_jobs"):
        addresses(service, {}, client=client)


def test_the_local_stage_never_asks_aws() -> None:
    local = read_service(ROOT / "serverless.yml", stage="local", env={"MONGODB_URI": "m", **dict.fromkeys(NAMED, "x")})
    with pytest.raises(ConfigurationError, match="JOB_URL_RELAY_JOBS is not set"):
        addresses(local, {}, client=None)


NAMED = ("UPSTASH_REDIS_REST_URL", "QSTASH_URL", "RESEND_API_URL", "STORAGE_ENDPOINT", "AI_URL")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (QStashError(f"Request failed with status: 502, body: <html>\n{'x' * 999}"), DependencyDown),
        (RateLimitExceededError("9", "0", "1"), DependencyDown),
        (QStashError(f"Request failed with status: 404, body: no\x1b[31m\n{'x' * 999}"), RefusedByQStash),
    ],
)
async def test_what_time_mends_is_an_outage_and_no_answer_is_told_at_length(
    error: QStashError, kind: type[MillraceError]
) -> None:
    with pytest.raises(kind) as told:
        async with calling():
            raise error
    assert len(told.value.message) < 250
    assert not {"\n", "\x1b"} & set(told.value.message)
