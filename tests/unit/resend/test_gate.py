"""Keys, rate limit, and what is not served."""

from pathlib import Path

import httpx
import pytest

from infra.local.resend.app import Options, create_app
from infra.local.resend.errors import ApiError
from infra.local.resend.ratelimit import RateLimit
from tests.unit.resend.fake_time import FakeTime


@pytest.mark.parametrize(
    ("authorization", "status", "name"),
    [
        ("", 401, "missing_api_key"),
        ("Bearer ", 401, "missing_api_key"),
        ("Basic re_test", 401, "missing_api_key"),
        ("Bearer re_other", 403, "invalid_api_key"),
        ("Bearer ré", 403, "invalid_api_key"),
    ],
)
async def test_a_call_without_the_key_is_refused(
    api: httpx.AsyncClient, authorization: str, status: int, name: str
) -> None:
    refused = await api.get("/emails", headers={b"authorization": authorization.encode()})
    assert (refused.status_code, refused.json()["name"]) == (status, name)
    assert refused.json()["statusCode"] == status


def test_the_limit_counts_down_refuses_and_opens_again(clock: FakeTime) -> None:
    limit = RateLimit(2, now=clock.now)
    assert [limit.take()["ratelimit-remaining"] for _ in range(2)] == ["1", "0"]
    clock.seconds += 0.9
    with pytest.raises(ApiError) as caught:
        limit.take()
    assert (caught.value.status, caught.value.name) == (429, "rate_limit_exceeded")
    assert caught.value.headers["retry-after"] == "1"
    clock.seconds += 0.1
    assert limit.take()["ratelimit-remaining"] == "1"


def test_a_clock_set_back_does_not_lock_everyone_out(clock: FakeTime) -> None:
    limit = RateLimit(1, now=clock.now)
    limit.take()
    clock.seconds -= 3600
    limit.take()


async def test_every_answer_tells_the_limit_even_a_refusal(tmp_path: Path, clock: FakeTime) -> None:
    app = create_app(Options(state=tmp_path, rate=2), clock.world())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://resend") as client,
    ):
        key = {"authorization": "Bearer any"}
        answers = [await client.post("/emails", json={}, headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"2"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/domains"),
        ("PUT", "/emails"),
        ("GET", "/emails/metrics"),
        ("GET", "/emails/batch"),
        ("GET", "/emails/6b3a1e9e-1d0f-4c53-9a53-0f6a8f1d2c3b/attachments"),
    ],
)
async def test_an_unserved_call_says_so(api: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, path)
    assert (answer.status_code, answer.json()["message"]) == (501, f"not served here: {method} {path}")


async def test_an_id_must_be_a_uuid_and_known(api: httpx.AsyncClient) -> None:
    assert (await api.get("/emails/42")).json()["name"] == "invalid_parameter"
    missing = await api.get("/emails/6b3a1e9e-1d0f-4c53-9a53-0f6a8f1d2c3b")
    assert (missing.status_code, missing.json()["name"]) == (404, "not_found")


@pytest.mark.parametrize("body", [b"", b'{"from"', b"\xff", b'{"subject": "\\ud800"}', b"[" * 100_000])
async def test_a_body_that_is_no_json_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    for path in ("/emails", "/emails/batch"):
        refused = await api.post(path, content=body)
        assert (refused.status_code, refused.json()["name"]) == (400, "validation_error")
