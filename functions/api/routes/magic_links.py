"""Asking for a sign-in link. A known and an unknown address get the same answer, the same writes, the same time.

The address is mailed by a job, never inside the request: the run, the user and the sign-in's record are one
transaction, and QStash is told after it. With QStash away it is 202 all the same: the relay hands the run over.

With an Idempotency-Key the caller is an address asked for from a network: neighbours behind one router may choose the
same key. A repeat names the same run and sets no cookie, because the nonce is kept as a hash alone: a browser that
never got it is asked to confirm when its link is opened.
"""

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict
from pymongo.errors import DuplicateKeyError

from functions.api import nonce, sign_ins, users
from functions.api.addresses import MailAddress, network
from functions.api.documented import Responses, problems
from functions.api.handing_over import hand_over_again, hand_over_soon
from functions.api.idempotency import Made, WithKey, once, replayed
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits, WithCounting
from functions.api.services import Services, WithServices
from functions.send_email.contract import CONTRACT, SendEmail, SignInMail
from shared.database import Session
from shared.idempotency import Asked, Done
from shared.rate_limits import Away, Limit
from shared.runs.model import Run

LIMITS: Final = RouteLimits(
    # An office behind one address may sign in together.
    client=Limit("sign-in-client", requests=30, seconds=600, away=Away.LOCAL),
    # Nobody's mailbox is filled by us, at the price that a stranger can use up an address's share.
    address=Limit("sign-in-address", requests=5, seconds=900, away=Away.LOCAL),
)
"""Without Redis people sign in all the same: two mails at once to an address from each process, and two more in 15
minutes, fill no mailbox."""

DUPLICATES: Final = 3

_SAID: Final = {"description": "Which browser has asked. Not set by a repeat.", "schema": {"type": "string"}}
_COOKIE: Final[Responses] = {202: {"headers": {"Set-Cookie": _SAID}}}


class MagicLinkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: MailAddress


class JobAccepted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job": "4w8sUe0yKcPzT0F1zQ0X2g"}]})

    job: str
    """The run's id: `GET /v1/jobs/{id}` tells what becomes of it, to whoever signs in as the address."""


async def ask(
    *,
    asked: MagicLinkRequest,
    request: Request,
    response: Response,
    services: WithServices,
    keyed: WithKey,
    counting: WithCounting,
    browser: nonce.Nonce,
) -> JobAccepted:
    """Mails a link that signs in whoever opens it, once, within 15 minutes. The same for known and unknown ones."""
    await counting.count_address(asked.email)
    browser = browser or f"{services.world.token()}{services.world.token()}"
    done = await _accept(services, asked.email, browser, keyed.by(_client(request), asked.email))
    if not isinstance(done, Made):
        await hand_over_again(services, done.reference)
        replayed(response)
        return JobAccepted(job=done.reference)
    await hand_over_soon(services, done.value)
    nonce.keep(response, services, browser, seconds=sign_ins.MINUTES * 60)
    return JobAccepted(job=done.value.id)


def _client(request: Request) -> str:
    return network(request.client.host if request.client else None)


async def _accept(services: Services, email: str, browser: str, request: Asked | None) -> Made[Run] | Done:
    world, keys = services.world, services.token_keys
    run_id, new_user, kid = world.token(), world.token(), keys.current
    mail = SignInMail(
        to=email, kid=kid, minutes=sign_ins.MINUTES, requested_at=datetime.fromtimestamp(world.now(), UTC)
    )

    async def work(session: Session) -> tuple[Run, str, str]:
        user = await users.ask(services.database, email, new_id=new_user, session=session)
        asked = sign_ins.Asked(run=run_id, token=keys.token(kid, run_id), kid=kid, user=user, nonce=browser)
        await sign_ins.record(services.database, asked, session=session)
        accepted = await services.enqueuer.accept(
            CONTRACT, SendEmail(mail=mail), owner=user, run_id=run_id, session=session
        )
        return accepted.run, run_id, user

    for tried in range(DUPLICATES):
        try:
            return await once(services, request, work)
        except DuplicateKeyError:  # the same address's first request, twice at once: now the user is there
            if tried + 1 == DUPLICATES:
                raise
    raise AssertionError  # pragma: no cover


def router() -> APIRouter:
    made = APIRouter(tags=["sign-in"])
    made.add_api_route(
        "/v1/auth/magic-links",
        ask,
        methods=["POST"],
        status_code=202,
        summary="Ask for a sign-in link",
        dependencies=LIMITS.dependencies,
        responses=idempotent(202, _COOKIE | problems(400, 422, 429)),
    )
    return made
