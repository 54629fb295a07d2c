"""Whoever asks too often is told when to come again, counted by what nobody chooses; and what holds without Redis."""

import time
from typing import Any

import pytest
from mangum.handlers.api_gateway import HTTPGateway

from functions.api.addresses import mailbox
from functions.api.handler import routed
from functions.api.routes import api_keys, jobs, magic_links, sessions, start
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.api.counted import Counted
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.limit_fields import left
from tests.integration.api.test_lambda_events import event

ASKING = "/v1/auth/magic-links"
ADA = {"email": "ada@example.com"}


@pytest.fixture
def counted(front: Front) -> Counted:
    made = Counted()
    front.change(limits=made)
    return made


@pytest.fixture
def in_one_window() -> None:
    """Waits where a window of ten or fifteen minutes is about to end: the test counts on being in one."""
    left = 300 - time.time() % 300
    if left < 10:
        time.sleep(left)


@pytest.mark.usefixtures("in_one_window")
async def test_an_address_is_mailed_five_times_a_quarter_of_an_hour(front: Front) -> None:
    """From wherever it is asked for, under whichever tag."""
    statuses = []
    for n, spelling in enumerate(
        [
            "Ada@example.com",
            "a.da+a@example.com",
            "ada+b+c@EXAMPLE.com",
            "a.d.a@example.com",
            "a_da@example.com",
            "ad-a@example.com",
        ]
    ):
        async with front.browser(address=f"198.51.100.{n}") as browser:
            last = await browser.post(ASKING, json={"email": spelling})
            statuses.append(last.status_code)
    assert statuses == [202] * 5 + [429]
    assert kind(last) == "too-often"
    assert last.json()["violated-policies"] == ["sign-in-address"]
    assert left(last)["sign-in-address"] == (0, int(last.headers["retry-after"]))
    assert 1 <= int(last.headers["retry-after"]) <= 901
    assert await front.database.runs.count_documents({}) == 5


async def test_tags_are_one_mailbox_when_counted_and_two_users_all_the_same(front: Front, phone: Phone) -> None:
    for email in ("ada@example.com", "ada+tag@example.com"):
        await phone.post(ASKING, json={"email": email})
    assert await front.database.users.count_documents({}) == 2


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("ada@x.org", "ada@x.org"),
        ("ada+@x.org", "ada@x.org"),
        ("a+b+c@x.org", "a@x.org"),
        ("+a@x.org", "+a@x.org"),
        ("a.d.a+x@x.org", "ada@x.org"),
        ("a-d_a@x.org", "ada@x.org"),
        ("--@x.org", "--@x.org"),
        ("_+a@x.org", "_@x.org"),
    ],
)
def test_tags_and_punctuation_are_not_counted_and_a_name_is(address: str, counted: str) -> None:
    assert mailbox(address) == counted


@pytest.mark.usefixtures("in_one_window")
async def test_a_client_asks_thirty_times_in_ten_minutes(front: Front) -> None:
    async with front.browser(address="2001:db8::1") as browser:
        for n in range(30):
            response = await browser.post(ASKING, json={"email": f"{n}@example.com"})
            assert response.status_code == 202
            assert left(response)["sign-in-client"][0] == 29 - n
    async with front.browser(address="2001:db8::2") as neighbour:
        response = await neighbour.post(ASKING, json={"email": "last@example.com"})
    assert response.status_code == 429
    assert response.json()["violated-policies"] == ["sign-in-client"]
    assert 1 <= int(response.headers["retry-after"]) <= 601
    async with front.browser(address="2001:db8:0:1::1") as other:
        assert (await other.post(ASKING, json={"email": "last@example.com"})).status_code == 202


async def test_a_client_that_is_refused_uses_up_no_addresss_share(front: Front) -> None:
    counted = Counted(refused=magic_links.LIMITS.client)
    front.change(limits=counted)
    async with front.browser() as browser:
        assert (await browser.post(ASKING, json=ADA)).status_code == 429
    assert counted.of(magic_links.LIMITS.address) == []


async def test_a_client_is_counted_by_what_aws_says_and_never_by_what_it_says_itself(
    front: Front, counted: Counted
) -> None:
    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    for address in ("198.51.100.7", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", "::ffff:198.51.100.7", "nonsense"):
        async with front.browser(address=address, headers=spoofed) as browser:
            assert (await browser.post(ASKING, json=ADA)).status_code == 202
    clients = counted.of(magic_links.LIMITS.client)
    assert clients == ["198.51.100.7", *["2001:db8:1:2::/64"] * 2, "198.51.100.7", "unknown"]


def test_the_client_of_an_event_is_what_aws_saw() -> None:
    """Mangum's scope, which is where the address is taken from."""
    forged = {"x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9", "forwarded": "for=203.0.113.9"}
    made: Any = routed(event("POST", ASKING, ADA, headers=forged))
    config: Any = {"api_gateway_base_path": "/"}
    context: Any = None  # nothing is asked of it
    scope = HTTPGateway(made, context, config).scope
    assert scope["client"] == ("192.0.2.1", 0)


async def test_callers_are_counted_by_who_they_are(front: Front, phone: Phone, laptop: Phone, counted: Counted) -> None:
    async with front.browser() as browser:
        ada = await front.signed_in(browser)
        key = await front.key("jobs:write")
        started = await browser.post("/v1/jobs/report", json={"document": "a"}, headers=ada)
        await browser.post("/v1/jobs/report", json={"document": "a"}, headers=key)
        await browser.post(f"/v1/jobs/{started.json()['job']}/cancel", headers=ada)
        await browser.post("/v1/api-keys", json={"name": "x", "scopes": ["operator"]}, headers=ada)
    user = (await front.run(started.json()["job"])).owner
    first, second = counted.of(start.LIMITS.caller)
    assert first == user
    assert second.startswith("key:")
    assert counted.of(jobs.LIMITS.caller) == [user]
    assert counted.of(api_keys.LIMITS.caller) == [user], "also where the scope is wanting"
    assert counted.of(sessions.LIMITS.client) == ["198.51.100.7"]


@pytest.mark.usefixtures("in_one_window")
async def test_tokens_are_not_guessed_at_speed(front: Front, phone: Phone) -> None:
    for _ in range(60):
        assert (await phone.post("/v1/auth/sessions", json={"token": "guess"})).status_code == 401
    refused = await phone.post("/v1/auth/sessions", json={"token": "guess"})
    assert (refused.status_code, kind(refused)) == (429, "too-often")


async def test_keys_are_not_guessed_at_speed_where_jobs_are_started(front: Front) -> None:
    """Whoever is refused is not even looked up."""
    front.change(limits=Counted(refused=start.LIMITS.client))
    async with front.browser(headers={"Authorization": "Bearer mr_guess"}) as browser:
        for job in ("report", "inner", "no-such-job"):
            response = await browser.post(f"/v1/jobs/{job}", json={"document": "a"})
            assert (response.status_code, response.headers["retry-after"]) == (429, "77")


async def test_an_invalid_request_is_counted_too(front: Front, phone: Phone) -> None:
    response = await phone.post(ASKING, json={"email": "nobody"})
    assert response.status_code == 422
    assert left(response)["sign-in-client"][0] == 29


async def test_what_does_not_come_to_the_route_is_not_counted(front: Front, counted: Counted) -> None:
    """Other methods, and bodies that can't be read: nothing is looked up for them either."""
    async with front.browser() as browser:
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            assert (await browser.request(method, ASKING)).status_code == 405
        for body, status in ((b"{", 400), (b"x" * 300_000, 413)):
            answer = await browser.post(ASKING, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == status
            assert "ratelimit-policy" not in answer.headers
    assert counted.who == []


async def test_what_comes_to_nothing_uses_up_no_share_of_an_address(
    front: Front, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's stays counted: it spares us when a service is away as well."""

    async def away(*_: object, **__: object) -> None:
        raise DependencyDown("mongodb", "is away")

    monkeypatch.setattr("functions.api.users.ask", away)
    async with front.browser() as browser:
        response = await browser.post(ASKING, json=ADA)
    assert (response.status_code, kind(response)) == (503, "unavailable")
    assert counted.given_back == ["sign-in-address"]
    assert "ratelimit" in response.headers


async def test_what_is_refused_or_done_is_not_given_back(front: Front, counted: Counted) -> None:
    async with front.browser() as browser:
        await browser.post(ASKING, json=ADA)
        await browser.post("/v1/auth/sessions", json={"token": "guess"})
        await browser.post("/v1/jobs/x/cancel", headers=await front.key("jobs:write"))
    assert counted.given_back == []


async def test_redis_holds_no_address(front: Front, phone: Phone, redis: Redis) -> None:
    await phone.post(ASKING, json=ADA)
    keys = await redis.call("KEYS", "limit:*")
    assert len(keys) == 2
    assert not [key for key in keys if "ada" in key or "198.51" in key]
