"""Whoever asks too often is told when to come again, counted by what nobody chooses; and what holds without Redis."""

import time
from typing import Any

import pytest
from mangum.handlers.api_gateway import HTTPGateway

from functions.api.addresses import mailbox
from functions.api.handler import routed
from functions.api.routes import api_keys, jobs, magic_links, sessions, start
from shared.errors import DependencyDown
from shared.rate_limits import Decision, Limit, RateLimits
from shared.redis import Redis
from tests.integration.api.front import BASE, Front, Phone, kind
from tests.integration.api.limit_fields import left, policies
from tests.integration.api.test_lambda_events import event

ASKING = "/v1/auth/magic-links"
ADA = {"email": "ada@example.com"}


class Counted(RateLimits):
    """Lets all but `refused` pass, and remembers who was counted by the name of the limit."""

    def __init__(self, refused: Limit | None = None) -> None:
        self.who: list[tuple[str, str]] = []
        self.given_back: list[str] = []
        self._refused = refused

    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        self.who.append((limit.name, who))
        if limit is self._refused:
            return Decision(limit, allowed=False, remaining=0, reset=77, retry_after=77)
        return Decision(limit, allowed=True, remaining=3, reset=9, counted_at="somewhere")

    async def give_back(self, decision: Decision) -> None:
        self.given_back.append(decision.limit.name)

    def of(self, limit: Limit | None) -> list[str]:
        assert limit is not None
        return [who for name, who in self.who if name == limit.name]


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


LIMITED = [
    ("/v1/auth/magic-links", ADA, 202, magic_links.LIMITS),
    ("/v1/auth/sessions", {"token": "x"}, 401, sessions.LIMITS),
    ("/v1/jobs/report", {"document": "a"}, 202, start.LIMITS),
    ("/v1/jobs/none/cancel", None, 404, jobs.LIMITS),
    ("/v1/api-keys", {"name": "x", "scopes": ["operator"]}, 201, api_keys.LIMITS),
]
every_route = pytest.mark.parametrize(("path", "body", "status", "limits"), LIMITED, ids=lambda one: str(one)[:20])


@every_route
async def test_every_answer_of_a_limited_route_tells_its_limits(
    front: Front, path: str, body: object, status: int, limits: Any
) -> None:
    async with front.browser(headers=await front.key("operator")) as browser:
        response = await browser.post(path, json=body)
    assert response.status_code == status
    assert policies(response) == {limit.name: (limit.requests, limit.seconds) for limit in limits.every}
    told = left(response)
    assert set(told) == {limit.name for limit in limits.every} - {"sign-in-address"}
    for limit in limits.every:
        if limit.name in told:
            remaining, seconds = told[limit.name]
            assert remaining == limit.requests - 1
            assert 0 < seconds <= limit.seconds


@every_route
async def test_every_limit_of_a_route_refuses_with_429(
    front: Front, path: str, body: object, status: int, limits: Any
) -> None:
    operator = await front.key("operator")
    for limit in limits.every:
        front.change(limits=Counted(refused=limit))
        async with front.browser(headers=operator) as browser:
            response = await browser.post(path, json=body)
        assert (response.status_code, kind(response)) == (429, "too-often")
        assert response.headers["retry-after"] == "77"
        assert response.json()["violated-policies"] == [limit.name]
        assert left(response)[limit.name] == (0, 77)
        assert set(policies(response)) == {one.name for one in limits.every}


async def test_an_invalid_request_is_counted_too(front: Front, phone: Phone) -> None:
    response = await phone.post(ASKING, json={"email": "nobody"})
    assert response.status_code == 422
    assert left(response)["sign-in-client"][0] == 29


async def test_what_is_not_limited_says_nothing_of_limits(front: Front, phone: Phone) -> None:
    for response in (await phone.get("/health"), await phone.get("/v1/jobs"), await phone.post("/v1/nowhere")):
        assert not {"ratelimit", "ratelimit-policy"} & set(response.headers)


async def test_no_answer_tells_whether_somebody_is_signing_in_as_an_address(front: Front, phone: Phone) -> None:
    """A known one that was asked for a moment ago, and one that nobody has ever asked for."""
    await front.signed_in(phone)
    seen = []
    for n, email in enumerate(("ada@example.com", "unknown@example.com")):
        async with front.browser(address=f"203.0.113.{n}") as stranger:
            response = await stranger.post(ASKING, json={"email": email})
        seen.append(
            [response.headers["ratelimit-policy"], {name: remaining for name, (remaining, _) in left(response).items()}]
        )
    assert seen[0] == seen[1]


async def test_a_page_of_another_origin_may_read_the_headers(phone: Phone) -> None:
    response = await phone.post(ASKING, json=ADA, headers={"Origin": "https://app.example.com"})
    exposed = {name.strip().lower() for name in response.headers["access-control-expose-headers"].split(",")}
    assert {"ratelimit", "ratelimit-policy", "retry-after"} <= exposed


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


async def test_the_document_tells_of_the_limits_of_each_route(front: Front) -> None:
    async with front.browser() as browser:
        document = (await browser.get(f"{BASE}/openapi.json")).json()
    told = {
        (method, path): operation["responses"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "429" in operation["responses"]
    }
    posts = ("auth/magic-links", "auth/sessions", "jobs/report", "jobs/{run_id}/cancel", "api-keys", "uploads")
    assert set(told) == {
        *(("post", f"/v1/{path}") for path in (*posts, "documents")),
        ("patch", "/v1/documents/{document_id}"),
        ("get", "/v1/documents/{document_id}/download"),
    }
    for answers in told.values():
        assert "Retry-After" in answers["429"]["headers"]
        (success,) = [answers[status] for status in ("200", "201", "202") if status in answers][:1]
        for answer in (answers["429"], success):
            assert {"RateLimit", "RateLimit-Policy"} <= set(answer["headers"])
