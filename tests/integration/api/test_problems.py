"""Every error is a problem document that names the field; nothing of the input comes back or is logged (case 32)."""

from typing import Any

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from shared.clock import World
from tests.integration.api.front import Front, Phone, kind

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
        ("GET", "/v1/jobs/", 404),
        ("GET", "/health/", 404),
        ("PUT", "/health", 405),
        ("GET", "/v1/auth/magic-links", 405),
        ("TRACE", "/v1/jobs", 405),
        ("OPTIONS", "/v1/jobs", 405),
        ("PATCH", "/v1/api-keys/x", 405),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
    ],
)
async def test_addresses_and_methods_that_are_not_there(phone: Phone, method: str, path: str, status: int) -> None:
    response = await phone.request(method, path)
    assert response.status_code == status
    assert kind(response) == "blank"


async def test_a_405_names_every_method_that_the_address_takes(phone: Phone) -> None:
    assert (await phone.put("/v1/auth/sessions")).headers["allow"] == "GET, POST"
    assert (await phone.put("/v1/jobs/report")).headers["allow"] == "DELETE, GET, POST"
    assert (await phone.put("/sign-in")).headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/email"),
        ({"email": f"{SECRET}"}, "#/email"),
        ({"email": f"{SECRET}@"}, "#/email"),
        ({"email": [SECRET]}, "#/email"),
        ({"email": f"{SECRET}@example.com\r\nBcc: x@example.com"}, "#/email"),
        ({"email": f"{SECRET}@ex\u202eample.com"}, "#/email"),
        ({"email": f"{SECRET * 60}@example.com"}, "#/email"),
        ({"email": f"K{SECRET}\u212a@example.com"}, "#/email"),
        ({"email": "a@example.com", SECRET: SECRET}, "#"),
        ([SECRET], "#"),
        (SECRET, "#"),
        (None, "#"),
    ],
)
async def test_the_field_is_named_and_the_input_is_not(front: Front, phone: Phone, body: Any, pointer: str) -> None:
    response = await phone.post("/v1/auth/magic-links", json=body)
    assert (response.status_code, kind(response)) == (422, "invalid")
    assert response.json()["errors"][0]["in"] == "body"
    assert response.json()["errors"][0]["pointer"] == pointer
    assert SECRET not in response.text
    assert SECRET not in str(front.log.lines)


@pytest.mark.parametrize("content", [b"{", b"hunter2", b'{"email": hunter2}', b"\xff\xfe"])
async def test_what_is_no_json_is_400(front: Front, phone: Phone, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await phone.post("/v1/auth/magic-links", content=content, headers=headers)
    assert (response.status_code, kind(response)) == (400, "malformed")
    assert SECRET not in response.text
    assert SECRET not in str(front.log.lines)


@pytest.mark.parametrize("kind_of_content", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_form_of_another_site_is_not_taken_for_json(phone: Phone, kind_of_content: str) -> None:
    """Such a request needs no preflight: a page could have a visitor's browser send it."""
    body = b'{"email": "ada@example.com"}'
    response = await phone.post("/v1/auth/magic-links", content=body, headers={"Content-Type": kind_of_content})
    assert response.status_code == 422


async def test_a_fault_is_500_without_a_word_of_it(front: Front) -> None:
    def broken() -> float:
        raise ValueError(SECRET)

    front.change(world=World(now=broken))
    async with front.browser() as browser:
        response = await browser.get("/v1/jobs", headers={"Authorization": "Bearer ms_y"})
    assert (response.status_code, kind(response)) == (500, "blank")
    assert SECRET not in response.text
    line = next(line for line in front.log.lines if line["message"] == "the request was not served")
    assert line["fault"] == "ValueError"
    assert line["where"].startswith("api/test_problems.py:")
    assert SECRET not in str(front.log.lines)


async def test_a_store_that_is_away_is_503_with_a_time_to_come_again(front: Front) -> None:
    def away() -> float:
        raise ServerSelectionTimeoutError("mongodb://user:hunter2@host")

    front.change(world=World(now=away))
    async with front.browser() as browser:
        response = await browser.get("/v1/jobs", headers={"Authorization": "Bearer ms_y"})
    assert (response.status_code, kind(response)) == (503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1
    assert SECRET not in response.text + str(front.log.lines)


async def test_each_request_is_one_line_without_a_callers_word(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:read")
    await phone.get("/v1/jobs/hunter2%0A%22,?x=hunter2", headers=server | {"X-Request-Id": SECRET})
    await phone.request("HUNTER2", "/hunter2%0d%0afake: line", content=b"hunter2")
    known, unknown = front.log.requests
    assert (known["method"], known["route"], known["status"]) == ("GET", "/v1/jobs/{run_id}", 404)
    assert known["principal"].startswith("key:")
    assert known["duration"] >= 0
    assert (unknown["method"], unknown["route"], unknown["status"]) == ("other", "unmatched", 404)
    assert "hunter2" not in str(front.log.lines).lower()
    assert set(known) == {"message", "method", "route", "status", "duration", "principal", "request_id"}


async def test_every_answer_carries_the_security_headers(phone: Phone) -> None:
    for path in ("/health", "/nothing", "/v1/jobs", "/sign-in", "/openapi.json"):
        headers = (await phone.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"].startswith("max-age=")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_browsers_of_configured_origins_may_call_and_others_may_not(phone: Phone) -> None:
    wants = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    ours = await phone.options("/v1/jobs/report", headers=wants | {"Origin": "https://app.example.com"})
    assert ours.status_code == 200
    assert ours.headers["access-control-allow-origin"] == "https://app.example.com"
    for origin in ("https://evil.example.org", "null", "http://app.example.com", "https://app.example.com.evil.org"):
        theirs = await phone.options("/v1/jobs/report", headers=wants | {"Origin": origin})
        assert (theirs.status_code, kind(theirs)) == (400, "cors")
        assert "access-control-allow-origin" not in theirs.headers
        assert "Origin" in theirs.headers["vary"]
    unasked = wants | {"Origin": "https://app.example.com", "Access-Control-Request-Headers": "x-other"}
    assert kind(await phone.options("/v1/jobs/report", headers=unasked)) == "cors"
    failed = await phone.get("/v1/jobs", headers={"Origin": "https://app.example.com"})
    assert failed.headers["access-control-allow-origin"] == "https://app.example.com"
