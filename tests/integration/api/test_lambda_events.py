"""The API as AWS calls it: real HTTP API events through Mangum, with every client built from the environment."""

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.api.handler import ApiHandler
from infra.local.ports import free_ports
from shared.collections import ensure
from shared.config import RedisSettings, TokenSettings, load
from shared.process import Process
from shared.tokens import key_ring

Call = Callable[..., dict[str, Any]]


def event(method: str, path: str, body: object = None, **changes: Any) -> dict[str, Any]:
    """Payload format 2.0, as an HTTP API makes it."""
    headers = {"host": "abc.execute-api.eu-central-1.amazonaws.com", "x-forwarded-proto": "https"}
    if body is not None:
        headers["content-type"] = "application/json"
    made = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers | changes.pop("headers", {}),
        "requestContext": {
            "domainName": "abc.execute-api.eu-central-1.amazonaws.com",
            "requestId": "JKJaXmPLvHcESHA=",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
        },
        "isBase64Encoded": False,
    }
    return made | ({} if body is None else {"body": json.dumps(body)}) | changes


@pytest.fixture
def call(mongodb_uri: str, empty_redis: RedisSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """The handler, in a thread where no loop is but its own, as in a Lambda. QStash is away."""
    database = f"test_{secrets.token_hex(6)}"
    environ = {
        "STAGE": "dev",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database,
        "UPSTASH_REDIS_REST_URL": empty_redis.upstash_redis_rest_url,
        "UPSTASH_REDIS_REST_TOKEN": empty_redis.upstash_redis_rest_token.get_secret_value(),
        "QSTASH_URL": f"http://127.0.0.1:{free_ports(1)[0]}",
        "QSTASH_TOKEN": "a-token",
        "JOB_URL_SEND_EMAIL": "https://example.com/",
        "FAILURE_CALLBACK_URL": "https://example.com/",
        "APP_URL": "https://api.example.com",
        "TOKEN_KEYS": f"one:{'x' * 32}",
        "CORS_ORIGINS": "",
        "STORAGE_PROVIDER": "tigris",
        "STORAGE_ENDPOINT": f"http://127.0.0.1:{free_ports(1)[0]}",
        "STORAGE_BUCKET": "nowhere",
        "STORAGE_ACCESS_KEY_ID": "x",
        "STORAGE_SECRET_ACCESS_KEY": "x",
        "UPLOAD_LIMITS": "text/plain=1MB",
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    process = Process("api")
    handler = ApiHandler(process)

    def start() -> None:
        _ = process.loop
        process.run(ensure(process.database))

    def stop() -> None:
        process.run(process.database.client.drop_database(database))
        process.database.client.close()
        process.run(process.redis.aclose())
        process.loop.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(start).result()
        yield lambda *args, **changes: thread.submit(handler, event(*args, **changes), None).result()
        thread.submit(stop).result()


def test_one_process_serves_many_events_on_one_loop(call: Call) -> None:
    for _ in range(3):
        answer = call("GET", "/health")
        assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "ok"})
        assert answer["headers"]["x-request-id"] == "JKJaXmPLvHcESHA="


def test_a_person_signs_in_through_events_though_qstash_is_away(call: Call) -> None:
    asked = call("POST", "/v1/auth/magic-links", {"email": "ada@example.com"})
    assert asked["statusCode"] == 202
    (cookie,) = asked["cookies"]
    assert "Secure" in cookie

    token = key_ring(load(TokenSettings)).token("one", json.loads(asked["body"])["job"])
    session = call("POST", "/v1/auth/sessions", {"token": token}, cookies=[cookie.partition(";")[0]])
    assert session["statusCode"] == 201, session["body"]
    bearer = {"authorization": f"Bearer {json.loads(session['body'])['token']}"}
    jobs = json.loads(call("GET", "/v1/jobs", headers=bearer)["body"])["items"]
    assert [(job["job"], job["state"]) for job in jobs] == [("send_email", "pending")]


def test_a_problem_is_text_and_not_base64(call: Call) -> None:
    answer = call("GET", "/v1/jobs")
    assert answer["statusCode"] == 401
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert not answer["isBase64Encoded"]
    assert json.loads(answer["body"])["request_id"] == "JKJaXmPLvHcESHA="


@pytest.mark.parametrize("host", ["evil.example.org", "a:b:c", "[::1]:80", "x:y", "", ":", "a\r\nb"])
def test_no_host_header_breaks_it_or_is_believed(call: Call, host: str) -> None:
    spoofed = {"Host": host, "X-Forwarded-Port": "x", "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": host}
    answer = call("POST", "/v1/auth/magic-links", {"email": "ada@example.com"}, headers=spoofed)
    assert answer["statusCode"] == 202
    assert "evil" not in json.dumps(answer)


def test_a_body_may_come_as_base64(call: Call) -> None:
    body = base64.b64encode(b'{"email": "ada@example.com"}').decode()
    json_body = {"content-type": "application/json"}
    answer = call("POST", "/v1/auth/magic-links", headers=json_body, body=body, isBase64Encoded=True)
    assert answer["statusCode"] == 202


def test_an_event_without_a_source_address_is_served(call: Call) -> None:
    """AWS makes none; a test of an event by hand may. All of them share one count."""
    made = event("POST", "/v1/auth/magic-links", {"email": "ada@example.com"})
    del made["requestContext"]["http"]["sourceIp"]
    context = made["requestContext"]
    answers = [
        call("POST", "/v1/auth/magic-links", {"email": f"{n}@example.com"}, requestContext=context) for n in (1, 2)
    ]
    assert [answer["headers"]["ratelimit"].split(";")[1] for answer in answers] == ["r=29", "r=28"]


def test_a_body_over_256_kb_is_413(call: Call) -> None:
    assert call("POST", "/v1/auth/sessions", {"token": "x" * 300_000})["statusCode"] == 413


def test_the_page_is_served_as_text(call: Call) -> None:
    answer = call("GET", "/sign-in")
    assert answer["headers"]["content-type"] == "text/html; charset=utf-8"
    assert answer["body"].startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["/%2e%2e/etc/passwd", "/v1/jobs/%ff", "/v1/jobs/%00", "//", "/v1/jobs/é", "/%"])
def test_odd_paths_are_answered(call: Call, path: str) -> None:
    assert call("GET", path)["statusCode"] in {401, 404}
