"""Who signs in. Users exist from their first request on, so that a known and an unknown address are the same to us."""

from collections.abc import Mapping
from typing import Any, Final

from pymongo import ReturnDocument

from shared.database import Database, Session
from shared.runs.pipeline import NOW, literal

SCOPES: Final = frozenset({"jobs:read", "jobs:write", "documents:read", "documents:write"})
"""What every user's session may do; `scopes` of a user's record are added."""


async def ask(database: Database, email: str, *, new_id: str, session: Session) -> str:
    """The id of the address's user, made if there is none. Known or not, it is one write (case 25)."""
    there = {"_id": {"$ifNull": ["$_id", literal(new_id)]}, "created": {"$ifNull": ["$created", NOW]}}
    document = await database.users.find_one_and_update(
        {"email": email},
        [{"$set": {**there, "email": literal(email), "asked": NOW}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    return str(document["_id"])


async def read(database: Database, user: str, *, session: Session | None = None) -> Mapping[str, Any]:
    """The user's record. Users are not deleted while a sign-in or session of theirs lives."""
    document = await database.users.find_one({"_id": user}, session=session)
    if document is None:
        raise LookupError("a sign-in names a user who is not there")
    return document


def scopes(user: Mapping[str, Any]) -> frozenset[str]:
    return SCOPES | frozenset(user.get("scopes", ()))
