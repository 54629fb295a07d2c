"""The HTTP API: its routes, its events, and its own words for what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra.local.lambda_host import HostSettings, LambdaHost
from infra.local.lambda_host.routes import Routes
from infra.local.serverless import FunctionSpec

ROOT = Path(__file__).parent / "root"


def _spec(name: str, handler: str, *routes: str, concurrency: int | None = None) -> FunctionSpec:
    return FunctionSpec(name, f"behaviours.{handler}", 60, 128, concurrency, {}, http_routes=routes)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    specs = [
        _spec("echo", "echo", "ANY /v1/{proxy+}", "GET /jobs/{id}"),
        _spec("raises", "raises", "GET /raises"),
        _spec("answer", "answer", "POST /answer"),
    ]
    settings = HostSettings(ROOT, tmp_path)
    async with (
        LambdaHost(specs, settings) as host,
        httpx.AsyncClient(base_url=host.addresses.api, timeout=30) as client,
    ):
        yield client


async def test_the_event_names_the_route_and_its_variables(api: httpx.AsyncClient) -> None:
    event = (await api.get("/jobs/a%20b?x=1")).json()
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "GET /jobs/{id}"
    assert event["pathParameters"] == {"id": "a b"}
    assert event["rawPath"] == "/jobs/a%20b"
    assert event["requestContext"]["accountId"] == "000000000000"
    assert event["requestContext"]["domainName"] == f"127.0.0.1:{api.base_url.port}"


async def test_no_route_is_a_404_in_the_apis_words(api: httpx.AsyncClient) -> None:
    answer = await api.post("/jobs/1")
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})


async def test_a_function_that_takes_too_long_is_given_up_but_runs_on(tmp_path: Path) -> None:
    unavailable = (503, {"message": "Service Unavailable"})
    spec = _spec("slow", "process", "GET /slow", concurrency=1)
    async with (
        LambdaHost([spec], HostSettings(ROOT, tmp_path, integration_timeout=2)) as host,
        httpx.AsyncClient(base_url=host.addresses.api, timeout=30) as client,
    ):
        first = await _calls(client)
        free = tmp_path / "free"
        answer = await client.get("/slow", params={"until": str(free)})
        assert (answer.status_code, answer.json()) == unavailable
        throttled = await client.get("/slow")
        assert (throttled.status_code, throttled.json()) == unavailable
        free.touch()
        assert await _calls(client) >= first + 2  # the process that was given up goes on, and counted that call


async def _calls(client: httpx.AsyncClient) -> int:
    """How many calls the one process of `slow` has had, this one included, once it is free to answer."""
    while (answer := await client.get("/slow")).status_code == 503:  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.1)
    return int(answer.json()["calls"])


async def test_a_function_that_raises_is_a_500(api: httpx.AsyncClient) -> None:
    answer = await api.get("/raises")
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


async def test_a_malformed_answer_is_a_500(api: httpx.AsyncClient) -> None:
    answer = await api.post("/answer", json={"statusCode": "many"})
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


async def test_a_text_without_a_content_type_is_plain(api: httpx.AsyncClient) -> None:
    answer = await api.post("/answer", json={"statusCode": 200, "body": "hello"})
    assert (answer.text, answer.headers["content-type"]) == ("hello", "text/plain; charset=utf-8")


async def test_a_body_over_the_limit_is_a_413(api: httpx.AsyncClient) -> None:
    answer = await api.post("/answer", content=b"x" * (6 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/a", "GET /a"),
        ("POST", "/a", "ANY /a"),
        ("GET", "/a/fixed", "GET /a/fixed"),
        ("GET", "/a/1", "GET /a/{id}"),
        ("GET", "/a/1/2", "ANY /a/{rest+}"),
        ("GET", "/a/", "$default"),
        ("GET", "/", "$default"),
    ],
)
def test_the_most_specific_route_wins(method: str, path: str, key: str) -> None:
    keys = ("$default", "ANY /a/{rest+}", "GET /a/{id}", "GET /a/fixed", "ANY /a", "GET /a")
    match = Routes([_spec("f", "echo", *keys)]).match(method, path)
    assert match
    assert match.route_key == key
