"""Our own `serverless.yml` and stage files: complete, alike in every stage, free of secrets and of cycles."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.serverless import Addresses, FunctionSpec, Schedule, load_document, read_service

REPOSITORY = Path(__file__).parents[3]
STAGES = ("local", "dev", "staging", "prod")
GIVEN = {
    "MONGODB_URI": "mongodb://m",
    "UPSTASH_REDIS_REST_URL": "http://u",
    "QSTASH_URL": "http://q",
    "RESEND_API_URL": "http://r",
    "STORAGE_ENDPOINT": "http://s",
}
SECRETS = frozenset(
    {
        "MONGODB_URI",
        "UPSTASH_REDIS_REST_URL",
        "UPSTASH_REDIS_REST_TOKEN",
        "QSTASH_TOKEN",
        "QSTASH_CURRENT_SIGNING_KEY",
        "QSTASH_NEXT_SIGNING_KEY",
        "RESEND_API_KEY",
        "STORAGE_ACCESS_KEY_ID",
        "STORAGE_SECRET_ACCESS_KEY",
        "TOKEN_KEYS",
    }
)


def _specs(stage: str) -> Mapping[str, FunctionSpec]:
    service = read_service(REPOSITORY / "serverless.yml", stage=stage, env=GIVEN if stage == "local" else {})
    where = Addresses("http://api", {name: f"http://{name}/" for name in service.urls})
    return {spec.name: spec for spec in service.specs(where)}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_can_be_read(stage: str) -> None:
    assert {"api", "send_email", "relay_jobs", "record_failure"} <= set(_specs(stage))


def test_every_function_is_the_handler_of_its_own_folder() -> None:
    assert {name: spec.handler for name, spec in _specs("dev").items()} == {
        name: f"functions.{name}.handler.handler" for name in _specs("dev")
    }


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_a_secret_is_a_reference_that_names_its_stage_and_version(stage: str) -> None:
    """A reference whose text has not changed is not read again, so the version is in it (case 37)."""
    content = load_document(REPOSITORY / f"infra/stages/{stage}.yml")
    version = content["SECRETS_VERSION"]
    for name, spec in _specs(stage).items():
        for key in SECRETS & set(spec.environment):
            reference = f"{{{{resolve:secretsmanager:millrace/{stage}:SecretString:{key}::{version}}}}}"
            assert (name, key, spec.environment[key]) == (name, key, reference)
    assert 32 <= len(version) <= 64


def test_a_function_knows_no_url_of_one_that_may_start_it() -> None:
    """CloudFormation cannot deploy a cycle."""
    specs = _specs("dev")
    knows = {
        name: {other for other in specs if f"http://{other}/" in spec.environment.values()}
        for name, spec in specs.items()
    }
    while free := [name for name, others in knows.items() if not others & knows.keys()]:
        for name in free:
            del knows[name]
    assert knows == {}


def test_whoever_publishes_names_a_failure_callback_and_whoever_is_called_can_verify() -> None:
    for spec in _specs("dev").values():
        assert ("QSTASH_TOKEN" in spec.environment) == ("FAILURE_CALLBACK_URL" in spec.environment)
        assert ("QSTASH_CURRENT_SIGNING_KEY" in spec.environment) == spec.has_url


def test_whoever_has_a_breaker_can_share_it() -> None:
    """Publishing and mailing stand behind breakers, whose state is in Redis."""
    for name, spec in _specs("dev").items():
        if {"QSTASH_TOKEN", "RESEND_API_KEY"} & set(spec.environment):
            assert {"UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"} <= set(spec.environment), name


def test_the_relay_can_start_every_job_of_the_map() -> None:
    jobs = load_document(REPOSITORY / "serverless.yml")["custom"]["jobUrls"]
    environment = _specs("dev")["relay_jobs"].environment
    assert {job: environment[f"JOB_URL_{job.upper()}"] for job in jobs} == {job: f"http://{job}/" for job in jobs}


def test_the_relay_and_the_checks_are_scheduled_every_five_minutes_and_the_others_less_often() -> None:
    service = read_service(REPOSITORY / "serverless.yml", stage="prod", env={})
    assert dict(service.schedules) == {
        "relay_jobs": Schedule("relay_jobs", "*/5 * * * *"),
        "sync_search": Schedule("sync_search", "*/10 * * * *", "{}"),
        "sync_search_audit": Schedule("sync_search", "17 */6 * * *", '{"audit": true}'),
        "check_health": Schedule("check_health", "2-59/5 * * * *"),
        "cleanup_blobs": Schedule("cleanup_blobs", "41 * * * *", "{}"),
        "cleanup_blobs_bucket": Schedule("cleanup_blobs", "11 3 * * *", '{"bucket": true}'),
    }


def test_functions_reserve_as_much_together_as_the_account_is_asked_for() -> None:
    """The API alone reserves nothing; the sum is stated in serverless.yml, and looked at by the doctor."""
    reserved = {name: spec.reserved_concurrency for name, spec in _specs("prod").items()}
    assert [name for name, share in reserved.items() if share is None] == ["api"]
    together = sum(share or 0 for share in reserved.values())
    text = (REPOSITORY / "serverless.yml").read_text("utf-8")
    assert f"They are {together} together" in text
    assert f"a quota of {together + 100}" in text


def test_whoever_keeps_a_copy_of_the_search_index_has_the_disk_for_it_and_nobody_else() -> None:
    """More than the 512 MB that every Lambda has is paid for."""
    service = read_service(REPOSITORY / "serverless.yml", stage="prod", env={})
    more = {name for name, entry in service.entries.items() if entry.ephemeral_storage_size > 512}
    knows = {name for name, environment in service.environments.items() if "SEARCH_ENGINE" in environment}
    assert more == knows - {"check_health", "cleanup_blobs"}  # these only look at it, and tidy up behind it
