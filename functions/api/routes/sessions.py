"""Sessions: a sign-in token becomes one, and people see and end their own.

The answer to signing in is a credential and is kept nowhere: with an Idempotency-Key, a repeat is told that it was done
(without one it hears that the link no longer works). Whoever holds a link's token is the caller, from whichever
network: a phone whose answer was lost may have left the house when it asks again.
"""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from functions.api import sessions, sign_ins
from functions.api.addresses import masked
from functions.api.documented import problems
from functions.api.idempotency import Made, WithKey, not_kept, once
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.nonce import Nonce
from functions.api.principal import Person
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared.database import Session
from shared.rate_limits import Away, Limit
from shared.runs.model import instant

LIMITS: Final = RouteLimits(client=Limit("sessions-client", requests=60, seconds=600, away=Away.LOCAL))
"""Twice what a client may ask mails for: each link is opened once, and once more to confirm. Nobody guesses a token at
this speed, nor is the store kept busy by trying; without Redis people sign in all the same."""

EXAMPLE: Final[dict[str, JsonValue]] = {"token": "Zk3vJmT1Vb0cXo5o0sE9c8rQpWn2yLhUa7dGfKi4tBM"}


class SessionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE, EXAMPLE | {"confirm": True}]})

    token: Annotated[str, Field(min_length=1, max_length=200)]
    confirm: bool = False
    """That the person wants to sign in here, with a link that another browser has asked for."""


class SessionUser(BaseModel):
    id: str
    email: str


class NewSession(BaseModel):
    token: str
    """Told once. Send it as `Authorization: Bearer`."""
    expires_at: datetime
    user: SessionUser


class SessionView(BaseModel):
    id: str
    created_at: datetime
    expires_at: datetime
    current: bool


class SessionList(BaseModel):
    items: list[SessionView]


async def create(
    asked: SessionRequest,
    services: WithServices,
    keyed: WithKey,
    browser: Nonce,
) -> NewSession:
    """Uses a sign-in token up. From another browser than asked for it: 409 `confirmation-required`, then `confirm`."""

    async def work(session: Session) -> tuple[sign_ins.SignedIn, str, str]:
        outcome = await sign_ins.exchange(
            services.database,
            asked.token,
            nonce=browser,
            confirmed=asked.confirm,
            world=services.world,
            session=session,
        )
        signed_in = _signed_in(outcome)
        return signed_in, signed_in.session.id, signed_in.user

    done = await once(services, keyed.by(asked.token), work)
    if not isinstance(done, Made):
        raise not_kept(done.reference, "This link has signed in; the session is told once. Ask for a new link.")
    outcome = done.value
    user = SessionUser(id=outcome.user, email=outcome.email)
    return NewSession(token=outcome.session.token, expires_at=instant(outcome.session.ends), user=user)


def _signed_in(outcome: sign_ins.SignedIn | sign_ins.Elsewhere | None) -> sign_ins.SignedIn:
    match outcome:
        case None:
            detail = "This link does not work, or no longer. Ask for a new one."
            raise Problem(401, "link-not-valid", detail, {"WWW-Authenticate": "Bearer"})
        case sign_ins.Elsewhere(email):
            detail = "Another browser asked for this link. Confirm that you want to sign in here."
            raise Problem(409, "confirmation-required", detail, more={"address": masked(email)})
    return outcome


async def list_own(person: Person, services: WithServices) -> SessionList:
    found = await sessions.of_user(services.database, person.id, now=services.world.now())
    items = [
        SessionView(
            id=one["id"],
            created_at=instant(one["created"]),
            expires_at=instant(one["ends"]),
            current=one["id"] == person.session,
        )
        for one in found
    ]
    return SessionList(items=items)


async def end_current(person: Person, services: WithServices) -> None:
    """Signs out: the token opens nothing from now on."""
    await sessions.revoke(services.database, user=person.id, session_id=person.session or "")


async def end(session_id: str, person: Person, services: WithServices) -> None:
    if not await sessions.revoke(services.database, user=person.id, session_id=session_id):
        raise Problem(404, None, "You have no such session.")


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/auth/sessions", tags=["sign-in"])
    made.add_api_route(
        "",
        create,
        methods=["POST"],
        status_code=201,
        summary="Sign in",
        dependencies=LIMITS.dependencies,
        responses=idempotent(201, problems(400, 401, 409, 422, 429), credential=True),
    )
    made.add_api_route("", list_own, summary="Your sessions", responses=problems(401, 403))
    made.add_api_route(
        "/current",
        end_current,
        methods=["DELETE"],
        status_code=204,
        summary="Sign out",
        responses=problems(401, 403),
    )
    made.add_api_route(
        "/{session_id}",
        end,
        methods=["DELETE"],
        status_code=204,
        summary="End one of your sessions",
        responses=problems(401, 403, 404, 422),
    )
    return made
