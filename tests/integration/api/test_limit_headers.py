"""What every answer of a limited route says of its limits, and what none says."""

from typing import Any

import pytest

from functions.api.routes import api_keys, jobs, magic_links, sessions, start
from tests.integration.api.counted import Counted
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.limit_fields import left, policies
from tests.integration.api.repeats import ADA
from tests.integration.api.repeats import LINKS as ASKING

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
