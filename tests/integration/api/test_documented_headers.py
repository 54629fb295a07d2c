"""The OpenAPI document tells the headers of the limited routes' answers: those that were seen, and no others."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from functions.api import idempotency
from functions.api.limits import RouteLimits
from functions.api.routes import api_keys, jobs, magic_links, sessions, start
from shared import degraded
from shared.errors import DependencyDown
from shared.idempotency import InFlight, MongoRequests
from shared.rate_limits import Decision, Limit, RateLimits
from tests.integration.api.front import EVERYWHERE, Front, Phone
from tests.integration.api.repeats import ADA, BILLING, KEY, KEYS, LINKS, REPORT, SESSIONS, WISH

CANCEL = "/v1/jobs/{run_id}/cancel"
NEVER = {(CANCEL, 422)}
"""A path that any word fits."""
BODIES: Mapping[str, tuple[object, object]] = {
    REPORT: (WISH, {"document": "other"}),
    LINKS: (ADA, {"email": "ADA@example.com"}),
    KEYS: (BILLING, {"name": "other", "scopes": ["jobs:read"]}),
}
GUESS = {"token": "guess"}
ELSEWHERE = {"/v1/uploads", "/v1/documents", "/v1/jobs/{run_id}/replay", "/v1/operations"}
"""Every answer in tests/integration/documents and in test_operations.py is held against the document."""
LIMITS: Mapping[str, RouteLimits] = {
    REPORT: start.LIMITS,
    LINKS: magic_links.LIMITS,
    SESSIONS: sessions.LIMITS,
    KEYS: api_keys.LIMITS,
    CANCEL: jobs.LIMITS,
}


class Scripted(RateLimits):
    """Counts nothing, refuses one limit, and does it all without Redis if told so."""

    def __init__(self, *, away: bool) -> None:
        self.refused: Limit | None = None
        self._away = away

    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        if self._away:
            degraded.to("redis", "local rate limits")
        if limit is self.refused:
            return Decision(limit, allowed=False, remaining=0, reset=77, retry_after=77)
        return Decision(limit, allowed=True, remaining=3, reset=9)

    async def give_back(self, decision: Decision) -> None:
        pass


class Caller:
    """Calls every limited route in every way that it can go, and notes the headers of each kind of answer."""

    def __init__(self, front: Front, phone: Phone, limits: Scripted, operator: Mapping[str, str]) -> None:
        self.seen: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._front, self._phone, self._limits, self._operator = front, phone, limits, operator

    async def post(self, path: str, body: object = None, *, run: str = "", **sent: Any) -> httpx.Response:
        headers = {**self._operator, "Content-Type": "application/json", **sent.pop("headers", {})}
        sent |= {"json": body} if body is not None else {}
        answer = await self._phone.post(path.replace("{run_id}", run), headers=headers, **sent)
        self.seen[path, answer.status_code] |= set(answer.headers) - EVERYWHERE
        return answer

    async def once(self, path: str, body: object, other: object) -> None:
        """A first request, its repeat, and another under its key; then one while another is on its way."""
        for content in (body, body, other):
            await self.post(path, content, headers=KEY)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency, "PATIENCE", 0.0)
            patch.setattr(MongoRequests, "begin", _in_flight)
            await self.post(path, body, headers={"Idempotency-Key": "another"})
            patch.setattr(idempotency, "transaction", _away)
            await self.post(path, body)

    async def wrongly(self, path: str, run: str) -> None:
        body = BODIES.get(path, (GUESS, GUESS))[0]
        for content in (b"{", b"{}", b"x" * 300_000):
            if path != CANCEL or len(content) > 2:  # which reads no body
                await self.post(path, content=content, run=run)
        for wrong in ({"Idempotency-Key": "a b"}, {"Authorization": ""}, await self._front.key("jobs:read")):
            if path != CANCEL or "Authorization" in wrong:
                await self.post(path, body, run=run, headers=wrong)

    async def too_often(self, path: str, run: str) -> None:
        for limit in LIMITS[path].every:
            self._limits.refused = limit
            assert (await self.post(path, BODIES.get(path, (GUESS, GUESS))[0], run=run)).status_code == 429
        self._limits.refused = None

    async def sign_in(self) -> None:
        token = await self._front.mailed(await self.post(LINKS, ADA))
        async with self._front.browser() as elsewhere:  # which must confirm
            asked = await elsewhere.post(SESSIONS, json={"token": token})
            self.seen[SESSIONS, asked.status_code] |= set(asked.headers) - EVERYWHERE
        await self.once(SESSIONS, {"token": token}, {"token": token, "confirm": True})

    async def cancel(self, run: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(jobs, "_own", _away)
            await self.post(CANCEL, run=run)
        for asked in ({"by": "somebody", "at": 1}, None):  # as one that is running would be; and at once
            await self._front.database.runs.update_one({"_id": run}, {"$set": {"cancel": asked}})
            await self.post(CANCEL, run=run)
        for again in (run, "nothing"):
            await self.post(CANCEL, run=again)


async def _in_flight(*_: object) -> InFlight:
    return InFlight(1.0)


async def _away(*_: object) -> None:
    raise DependencyDown("mongodb", "is away")


@pytest.mark.timeout(120)
async def test_the_document_tells_the_headers_that_are_seen_and_no_others(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    seen: dict[tuple[str, int], set[str]] = defaultdict(set)
    for away in (False, True):
        await front.database.idempotent_requests.delete_many({})
        limits = Scripted(away=away)
        front.change(limits=limits)
        async with front.browser() as browser:
            caller = Caller(front, browser, limits, operator)
            for path, (body, other) in BODIES.items():
                await caller.once(path, body, other)
            await caller.sign_in()
            run = (await caller.post(REPORT, WISH)).json()["job"]
            for path in LIMITS:
                await caller.wrongly(path, run)
                await caller.too_often(path, run)
            await caller.post(REPORT, {"document": "others/1"})
            await caller.cancel(run)
        for answer, headers in caller.seen.items():
            seen[answer] |= headers
    document = (await phone.get("/openapi.json")).json()["paths"]
    limited = {path for path, said in document.items() if "429" in said.get("post", {}).get("responses", {})}
    assert limited - ELSEWHERE == set(LIMITS), "what is limited stands here"
    told = {
        (path, int(status)): {name.lower() for name in answer.get("headers", {})}
        for path in LIMITS
        for status, answer in document[path]["post"]["responses"].items()
    }
    assert set(seen) == set(told) - NEVER, "every answer that can be given, and no other"
    for answer, headers in seen.items():
        assert headers <= told[answer], answer
    for path in LIMITS:
        assert _of(path, seen) == _of(path, told), "nothing is told that no answer has"


def _of(path: str, headers: Mapping[tuple[str, int], set[str]]) -> set[str]:
    return {name for (of, _), names in headers.items() if of == path for name in names}
