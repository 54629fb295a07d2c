"""Who calls: a person's session or a server's key, as Bearer. Each route says which scope it takes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from functions.api import keys, sessions
from functions.api.problems import Problem
from functions.api.services import Services, WithServices

OPERATOR: Final = "operator"

_bearer = HTTPBearer(
    auto_error=False, scheme_name="Bearer", description="A session's token (`ms_..`) or an API key (`mr_..`)."
)


@dataclass(frozen=True, slots=True)
class Principal:
    """Owner of what it starts. `session` is the id of the person's session, None for a key."""

    id: str
    scopes: frozenset[str]
    session: str | None = None
    notify: str | None = None
    """The id of the key whose webhook is told how the jobs end that are started now."""

    def may(self, scope: str) -> bool:
        return scope in self.scopes or OPERATOR in self.scopes


async def authenticated(
    request: Request,
    services: WithServices,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Principal:
    principal = await _principal(services, credentials.credentials) if credentials else None
    if principal is None:
        raise Problem(
            401, "unauthenticated", "A live session or API key is needed, as Bearer.", {"WWW-Authenticate": "Bearer"}
        )
    request.state.principal = principal.id
    return principal


async def _principal(services: Services, token: str) -> Principal | None:
    if token.startswith(keys.PREFIX):
        key = await keys.find(services.database, token)
        return Principal(f"key:{key['id']}", frozenset(key["scopes"]), notify=keys.notified(key)) if key else None
    if token.startswith(sessions.PREFIX):
        session = await sessions.find(services.database, token, now=services.world.now())
        return Principal(session["user"], frozenset(session["scopes"]), session["id"]) if session else None
    return None


Authenticated = Annotated[Principal, Depends(authenticated)]


def _scope(scope: str) -> Callable[[Principal], Awaitable[Principal]]:
    async def scoped(principal: Authenticated) -> Principal:
        if not principal.may(scope):
            wanted = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise Problem(403, "scope", f"This takes the scope {scope}.", wanted)
        return principal

    return scoped


async def _person(principal: Authenticated) -> Principal:
    if principal.session is None:
        raise Problem(403, "no-session", "This takes a person's session, not an API key.")
    return principal


Reader = Annotated[Principal, Depends(_scope("jobs:read"))]
Writer = Annotated[Principal, Depends(_scope("jobs:write"))]
DocumentReader = Annotated[Principal, Depends(_scope("documents:read"))]
DocumentWriter = Annotated[Principal, Depends(_scope("documents:write"))]
Operator = Annotated[Principal, Depends(_scope(OPERATOR))]
Person = Annotated[Principal, Depends(_person)]
