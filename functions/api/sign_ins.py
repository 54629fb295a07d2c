"""What is kept of an asked-for sign-in, and its end as a session. Everything is judged by the store's clock.

    asked ──▶ used (once, within 15 minutes, in the browser that asked or after a confirmation) ──▶ session

The record holds the token's hash and the nonce's; neither opens anything. A mail scanner that fetches the link changes
nothing, because only the page's POST does (case 25).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pymongo import ReturnDocument

from functions.api import users
from functions.api.sessions import Opened, open_session
from shared.clock import World
from shared.database import Database, Session
from shared.runs.pipeline import NOW, equal, every, field, first_match, literal, when
from shared.tokens import token_hash

MINUTES: Final = 15
KEPT_MS: Final = 24 * 3_600_000
"""How long a record is kept after its link has ended."""


class Verdict(StrEnum):
    TAKEN = "taken"
    SPENT = "spent"
    """Used or expired; nobody is told which."""
    ELSEWHERE = "elsewhere"
    """Another browser asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A sign-in that is being asked for; `run` is its mail's."""

    run: str
    token: str
    kid: str
    user: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The link is good, but it is not this browser that asked for it."""

    email: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    user: str
    email: str
    session: Opened


async def record(database: Database, asked: Asked, *, session: Session) -> None:
    ends = {"$add": [NOW, MINUTES * 60_000]}
    fields = {
        "run": literal(asked.run),
        "kid": literal(asked.kid),
        "user": literal(asked.user),
        "nonce": literal(token_hash(asked.nonce)),
        "created": NOW,
        "ends": ends,
        "expires_at": {"$toDate": {"$add": [ends, KEPT_MS]}},
        "used": None,
    }
    # An update and no insert, because only a pipeline can read the store's clock.
    await database.sign_ins.update_one(
        {"_id": token_hash(asked.token)}, [{"$set": fields}], upsert=True, session=session
    )


async def exchange(
    database: Database, token: str, *, nonce: str | None, confirmed: bool, world: World, session: Session
) -> SignedIn | Elsewhere | None:
    """The session for a sign-in token; None for one that is unknown, used or expired.

    Consumption and session are one transaction, the caller's: if the session can't be stored, the token is not
    consumed. Of any number that race with one token, one gets a session.
    """
    sign_in: dict[str, Any] | None = await database.sign_ins.find_one_and_update(
        {"_id": token_hash(token)},
        _consume(nonce, confirmed=confirmed),
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if sign_in is None or sign_in["verdict"] == Verdict.SPENT:
        return None
    user = await users.read(database, sign_in["user"], session=session)
    if sign_in["verdict"] == Verdict.ELSEWHERE:
        return Elsewhere(user["email"])
    opened = await open_session(
        database, user=user["_id"], scopes=users.scopes(user), now=sign_in["used"], world=world, session=session
    )
    return SignedIn(user["_id"], user["email"], opened)


def _consume(nonce: str | None, *, confirmed: bool) -> list[dict[str, Any]]:
    spent = {"$or": [{"$ne": [field("used", None), None]}, {"$lte": ["$ends", NOW]}]}
    bound = True if confirmed else equal("$nonce", literal(token_hash(nonce or "")))
    verdict = first_match(
        (spent, Verdict.SPENT), (every({"$not": [bound]}), Verdict.ELSEWHERE), otherwise=Verdict.TAKEN
    )
    return [
        {"$set": {"verdict": verdict}},
        when(equal("$verdict", Verdict.TAKEN), {"used": NOW}),
    ]
