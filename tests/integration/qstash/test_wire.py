"""Who may call, what is refused, and in which words."""

import httpx
import pytest

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {DEVELOPMENT_TOKEN}"}]
)
def test_nobody_comes_in_without_the_token(server: Server, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{server.url}/v2/keys", headers=headers, trust_env=False, timeout=30)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


def test_the_token_may_stand_in_the_query_and_is_not_passed_on(server: Server, destination: Destination) -> None:
    url = f"{destination.url('/t')}?a=1&qstash_token={DEVELOPMENT_TOKEN}"
    webhook = {"Authorization": "Bearer the webhook's own"}
    assert httpx.post(f"{server.url}/v2/publish/{url}", headers=webhook, trust_env=False, timeout=30).status_code == 201
    destination.wait("/t?a=1")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/nothing"), ("PUT", "/v2/keys"), ("GET", "/v2/publish/x"), ("GET", "/")]
)
def test_what_is_not_served_says_so(server: Server, method: str, path: str) -> None:
    answer = server.call(method, path)
    assert (answer.status_code, answer.json()) == (501, {"error": f"not served here: {method} {path}"})


@pytest.mark.parametrize(
    "url", ["ftp://h.test/x", "http://", "http://h.test:99999/", "http://[::1", "mailto:a@b.c", "https:/h", "a%20b"]
)
def test_a_bad_destination_is_refused(server: Server, url: str) -> None:
    answer = server.call("POST", f"/v2/publish/{url}")
    assert answer.status_code == 400
    assert "url" in answer.json()["error"]


def test_an_encoded_destination_is_understood(server: Server, destination: Destination) -> None:
    encoded = destination.url("/enc").replace(":", "%3A").replace("/", "%2F")
    assert server.call("POST", f"/v2/publish/{encoded}").status_code == 201
    destination.wait("/enc")


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 201), (1024 * 1024 + 1, 413)])
def test_a_message_is_as_large_as_the_plan_allows(
    free_server: Server, destination: Destination, size: int, status: int
) -> None:
    answer = free_server.call("POST", f"/v2/publish/{destination.url('/big')}", content=b"x" * size)
    assert answer.status_code == status
    batch = free_server.call("POST", "/v2/batch", json=[{"destination": destination.url("/big"), "body": "x" * size}])
    assert ("error" in batch.json()[0]) is (status == 413)


@pytest.mark.parametrize(
    ("name", "value"), [("Retries", "3"), ("Delay", "8d"), ("Not-Before", "99999999999"), ("Timeout", "20m")]
)
def test_a_plan_has_limits(free_server: Server, destination: Destination, name: str, value: str) -> None:
    answer = free_server.call("POST", f"/v2/publish/{destination.url('/x')}", headers={f"Upstash-{name}": value})
    assert answer.status_code == 400
    assert "this plan allows" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v2/batch", b"{"),
        ("POST", "/v2/batch", b'[{"headers": {}}]'),
        ("POST", "/v2/queues", b'{"parallelism": 1}'),
        ("POST", "/v2/queues", b'{"queueName": "a/b"}'),
        ("POST", "/v2/queues", b'{"queueName": "q", "parallelism": 0}'),
        ("POST", "/v2/topics/g/endpoints", b'{"endpoints": [{"name": "x"}]}'),
        ("POST", "/v2/topics/g/endpoints", b'{"endpoints": [{"url": "ftp://x"}]}'),
        ("GET", "/v2/events?count=many", b""),
        ("GET", "/v2/events?fromDate=today", b""),
        ("GET", "/v2/dlq?colour=red", b""),
        ("POST", "/v2/flowControl/k/pin", b""),
        ("POST", "/v2/flowControl/k/pin?rate=-1", b""),
    ],
)
def test_bad_calls_are_answered_with_400(server: Server, method: str, path: str, body: bytes) -> None:
    answer = server.call(method, path, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v2/messages/none"),
        ("GET", "/v2/dlq/none"),
        ("DELETE", "/v2/dlq/none"),
        ("POST", "/v2/dlq/retry/none"),
        ("GET", "/v2/queues/none"),
        ("POST", "/v2/queues/none/pause"),
        ("PATCH", "/v2/schedules/none/pause"),
        ("POST", "/local/redeliver/none"),
    ],
)
def test_what_is_not_there_is_not_found(server: Server, method: str, path: str) -> None:
    assert server.call(method, path).status_code == 404
