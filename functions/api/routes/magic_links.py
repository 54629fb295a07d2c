"""Asking for a sign-in link. A known and an unknown address get the same answer, the same writes, the same time.

The address is mailed by a job, never inside the request: the run, the user and the sign-in's record are one
transaction, and QStash is told after it. With QStash away it is 202 all the same: the relay hands the run over.
"""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Cookie, Request, Response
from pydantic import BaseModel, ConfigDict
from pymongo.errors import DuplicateKeyError

from functions.api import sign_ins, users
from functions.api.addresses import MailAddress, network
from functions.api.documented import problems
from functions.api.handing_over import hand_over_soon
from functions.api.problems import too_often
from functions.api.services import Services, WithServices
from functions.send_email.contract import CONTRACT, SendEmail, SignInMail
from shared.database import Session, transaction
from shared.rate_limits import Limit
from shared.runs.model import Run
from shared.tokens import token_hash

OF_A_CLIENT: Final = Limit("sign-in of a client", requests=30, seconds=600)
"""An office behind one address may sign in together."""
OF_AN_ADDRESS: Final = Limit("sign-in of an address", requests=5, seconds=900)
"""Nobody's mailbox is filled by us, at the price that a stranger can use up an address's share."""

NONCE: Final = "sign_in_nonce"
NONCE_FORM: Final = r"^[A-Za-z0-9_-]{40,60}$"


class MagicLinkRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "ada@example.com"}]})

    email: MailAddress


class JobAccepted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job": "4w8sUe0yKcPzT0F1zQ0X2g"}]})

    job: str
    """The run's id: `GET /v1/jobs/{id}` tells what becomes of it, to whoever signs in as the address."""


async def ask(
    asked: MagicLinkRequest,
    request: Request,
    response: Response,
    services: WithServices,
    sign_in_nonce: Annotated[str | None, Cookie(include_in_schema=False)] = None,
) -> JobAccepted:
    """Mails a link that signs in whoever opens it, for 15 minutes, once. Says nothing of whether the address is known."""
    await _limited(services, request, asked.email)
    nonce = _kept(sign_in_nonce) or f"{services.world.token()}{services.world.token()}"
    run = await _accept(services, asked.email, nonce)
    await hand_over_soon(services, run)
    response.set_cookie(
        NONCE,
        nonce,
        max_age=sign_ins.MINUTES * 60,
        path="/v1/auth",
        httponly=True,
        secure=not services.local,
        samesite="lax",
    )
    return JobAccepted(job=run.id)
