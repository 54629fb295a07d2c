"""What the local stack reads from a `serverless.yml`, and what it refuses to pass over."""

from pathlib import Path

import pytest

from infra.local.serverless import Addresses, Schedule, ServerlessError, Service, logical_url_id, read_service

TEXT = """
service: demo
custom:
  schedules: {job_one: "*/5 * * * *"}
  parts:
    a: &a {A: 1, SHARED: from a}
    b: &b {B: true, SHARED: from b}
provider:
  region: eu-west-1
  timeout: 9
  environment: {STAGE: "${sls:stage}", SHARED: provider}
functions:
  api:
    handler: functions.api.handler.handler
    environment:
      <<: [*a, *b]
      JOB: !GetAtt JobUnderscoreoneLambdaFunctionUrl.FunctionUrl
    events:
      - httpApi: "*"
      - httpApi: get /jobs/{id}
      - httpApi: {path: /x}
  job_one:
    handler: functions.job_one.handler.handler
    timeout: 60
    memorySize: 512
    reservedConcurrency: 5
    url: true
    environment: {APP: !GetAtt HttpApi.ApiEndpoint}
"""
WHERE = Addresses("http://api", {"job_one": "http://job/"})


def _read(folder: Path, text: str = TEXT) -> Service:
    path = folder / "serverless.yml"
    path.write_text(text)
    return read_service(path, stage="local", env={})


def test_functions_have_their_settings_or_the_providers(tmp_path: Path) -> None:
    service = _read(tmp_path)
    api, job = service.specs(WHERE)
    assert (service.region, service.urls, dict(service.schedules)) == (
        "eu-west-1",
        ("job_one",),
        {"job_one": Schedule("job_one", "*/5 * * * *")},
    )
    assert (api.timeout, api.memory, api.reserved_concurrency, api.has_url) == (9, 1024, None, False)
    assert (job.timeout, job.memory, job.reserved_concurrency, job.has_url) == (60, 512, 5, True)
    assert api.http_routes == ("$default", "GET /jobs/{id}", "ANY /x")
    assert job.deployed_name == "demo-local-job_one"


def test_an_environment_is_the_providers_the_merged_parts_and_its_own(tmp_path: Path) -> None:
    api, job = _read(tmp_path).specs(WHERE)
    assert dict(api.environment) == {
        "STAGE": "local",
        "A": "1",
        "B": "true",
        "SHARED": "from a",
        "JOB": "http://job/",
    }
    assert dict(job.environment) == {"STAGE": "local", "SHARED": "provider", "APP": "http://api"}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("url: true", "url: {cors: true}", "functions.job_one.url"),
        ("url: true", "url: true\n    vpc: {}", "functions.job_one.vpc"),
        ("url: true", "url: true\n    ephemeralStorageSize: 511", "functions.job_one.ephemeralStorageSize"),
        ("url: true", "url: true\n    ephemeralStorageSize: 10241", "functions.job_one.ephemeralStorageSize"),
        ('- httpApi: "*"', "- schedule: rate(5 minutes)", "functions.api.events.0.httpApi"),
        ("get /jobs/{id}", "fetch /jobs/{id}", "functions.api.events.1.httpApi"),
        ("HttpApi.ApiEndpoint", "Table.Arn", "functions.job_one.environment.APP"),
        ("!GetAtt HttpApi.ApiEndpoint", "!Sub 'x'", "functions.job_one.environment.APP"),
        ("!GetAtt HttpApi.ApiEndpoint", "!Ref HttpApi", "functions.job_one.environment.APP"),
        ("!GetAtt HttpApi.ApiEndpoint", "null", "functions.job_one.environment.APP"),
        ("!GetAtt HttpApi.ApiEndpoint", '"${env:GONE}"', "functions.job_one.environment.APP"),
        ("{job_one: ", "{api: ", "custom.schedules.api"),
    ],
)
def test_what_the_stack_cannot_follow_is_an_error_that_names_the_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    assert old in TEXT
    with pytest.raises(ServerlessError) as caught:
        _read(tmp_path, TEXT.replace(old, new)).specs(WHERE)
    assert caught.value.place == place


def test_a_function_may_ask_for_more_disk_and_behaves_the_same_here(tmp_path: Path) -> None:
    more = _read(tmp_path, TEXT.replace("url: true", "url: true\n    ephemeralStorageSize: 4096"))
    sizes = {name: entry.ephemeral_storage_size for name, entry in more.entries.items()}
    assert sizes == {"api": 512, "job_one": 4096}
    assert more.specs(WHERE) == _read(tmp_path).specs(WHERE)


def test_malformed_yaml_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(ServerlessError, match="line 2"):
        _read(tmp_path, "a: [\nb: }")


@pytest.mark.parametrize(
    ("name", "logical"),
    [
        ("api", "ApiLambdaFunctionUrl"),
        ("send_email", "SendUnderscoreemailLambdaFunctionUrl"),
        ("a-b", "ADashbLambdaFunctionUrl"),
    ],
)
def test_a_function_url_is_called_in_cloudformation_as_serverless_calls_it(name: str, logical: str) -> None:
    assert logical_url_id(name) == logical


def test_a_function_may_have_several_crons_each_with_a_body(tmp_path: Path) -> None:
    more = '{job_one: "*/5 * * * *", nightly: {function: job_one, cron: "1 2 * * *", body: {audit: true}}}'
    service = _read(tmp_path, TEXT.replace('{job_one: "*/5 * * * *"}', more))
    assert service.schedules["nightly"] == Schedule("job_one", "1 2 * * *", '{"audit": true}')


@pytest.mark.parametrize("wrong", ["[1]", "{function: job_one}", "{function: job_one, cron: 1, body: {}}"])
def test_a_cron_of_another_shape_is_refused_at_its_place(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ServerlessError, match=r"custom\.schedules\.nightly"):
        _read(tmp_path, TEXT.replace('{job_one: "*/5 * * * *"}', f"{{nightly: {wrong}}}"))
