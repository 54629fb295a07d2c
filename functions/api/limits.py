"""The limits of the routes: who is counted, and what every answer says of it.

    LIMITS: Final = RouteLimits(client=Limit("sign-in", ...), caller=Limit("jobs", ...))
    made.add_api_route("/", start, dependencies=LIMITS.dependencies, responses=problems(401, 429))

Nobody chooses what they are counted by: a client by the address that AWS saw (no header is asked; an IPv6 one by its
/64), a caller by user or key, an address by the mailbox that would get the mail. Counted in this order, and no further
than the first refusal: a client that is refused uses up nobody else's share.

`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) stand on every answer that was counted:

    RateLimit-Policy: "sign-in-client";q=30;w=600, "sign-in-address";q=5;w=900
    RateLimit: "sign-in-client";r=29;t=412

How much of an address's share is left is not told before it is used up: it would tell anybody whether somebody is
signing in there.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.addresses import mailbox, network
from functions.api.principal import Authenticated
from functions.api.problems import too_often
from functions.api.services import WithServices
from shared.database import reachable
from shared.errors import RetryableError
from shared.rate_limits import Decision, Limit, RateLimits


class Counting:
    """One request's limits, and what was decided. Redis is asked no more once it has failed."""

    def __init__(self, limits: RateLimits, of: "RouteLimits") -> None:
        self.of = of
        self.decisions: list[Decision] = []
        self._limits = limits

    async def count(self, limit: Limit | None, who: str) -> None:
        """Raises Problem 429, or DependencyDown where the limit is closed without Redis."""
        if limit is None:
            return
        away = next((decision.away for decision in self.decisions if decision.away), None)
        decision = await self._limits.ask(limit, who, away=away)
        self.decisions.append(decision)
        if not decision.allowed:
            raise too_often(decision.retry_after, limit.name)

    async def count_address(self, email: str) -> None:
        await self.count(self.of.address, mailbox(email))

    async def give_back(self) -> None:
        """All but the client's: that one is there to spare us, in an outage as well."""
        for decision in self.decisions:
            if decision.limit is not self.of.client:
                await self._limits.give_back(decision)

    def fields(self) -> dict[str, str]:
        """Both header fields: Lists of Strings with Integer parameters (RFC 9651)."""
        policies = [f'"{limit.name}";q={limit.requests};w={limit.seconds}' for limit in self.of.every]
        left = [
            f'"{decision.limit.name}";r={decision.remaining};t={decision.reset}'
            for decision in self.decisions
            if decision.remaining is not None and not (decision.allowed and decision.limit is self.of.address)
        ]
        return {"RateLimit-Policy": ", ".join(policies)} | ({"RateLimit": ", ".join(left)} if left else {})


@dataclass(frozen=True, slots=True)
class RouteLimits:
    client: Limit | None = None
    caller: Limit | None = None
    address: Limit | None = None
    """Counted by the route itself (`count_address`), which knows the body."""

    @property
    def every(self) -> tuple[Limit, ...]:
        return tuple(limit for limit in (self.client, self.caller, self.address) if limit)

    @property
    def dependencies(self) -> Sequence[Any]:
        """What counts, before the route and whatever else that depends on."""
        return [Depends(self._begin), *([Depends(self._count_caller)] if self.caller else [])]

    async def _begin(self, request: Request, services: WithServices) -> AsyncIterator[None]:
        """Counts the client before anybody is looked up; what comes to nothing for want of a service is given back."""
        counting = Counting(services.limits, self)
        request.state.counting = counting
        await counting.count(self.client, network(request.client.host if request.client else None))
        try:
            async with reachable():
                yield
        except RetryableError:
            await counting.give_back()
            raise

    async def _count_caller(self, request: Request, principal: Authenticated) -> None:
        await counting_of(request).count(self.caller, principal.id)


async def _current(request: Request) -> Counting:
    return counting_of(request)


def counting_of(request: Request) -> Counting:
    found: Counting = request.state.counting
    return found


WithCounting = Annotated[Counting, Depends(_current)]


class LimitHeaders:
    """Says on every answer, whoever makes it, what was counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            counting = scope.get("state", {}).get("counting")
            if counting is not None and message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(counting.fields())
            await send(message)

        await self._app(scope, receive, answer)
