"""Sessions: an opaque token of 256 bits, sent as Bearer, for thirty days or until revoked. Only its hash is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from shared.clock import World
from shared.database import Database, Session
from shared.runs.model import instant
from shared.tokens import token_hash

PREFIX: Final = "ms_"
LIFETIME: Final = timedelta(days=30)

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session; the token is told once. `ends` is in milliseconds since the epoch."""

    id: str
    token: str
    ends: int


async def open_session(
    database: Database, *, user: str, scopes: frozenset[str], now: int, world: World, session: Session
) -> Opened:
    """Insert a session, in the transaction that has earned it; `now` is the store's clock in milliseconds."""
    opened = Opened(
        id=world.token(),
        token=f"{PREFIX}{world.token()}{world.token()}",
        ends=now + int(LIFETIME.total_seconds() * 1000),
    )
    await database.sessions.insert_one(
        {
            "_id": token_hash(opened.token),
            "id": opened.id,
            "user": user,
            "scopes": sorted(scopes),
            "created": now,
            "ends": opened.ends,
            "expires_at": instant(opened.ends),
        },
        session=session,
    )
    return opened


async def find(database: Database, token: str, *, now: float) -> Document | None:
    """The session that a token opens. It is over in time even where the store has not yet swept it away."""
    document: Document | None = await database.sessions.find_one({"_id": token_hash(token)})
    return document if document and document["ends"] > now * 1000 else None


async def of_user(database: Database, user: str, *, now: float) -> Sequence[Document]:
    """A user's live sessions, the newest first."""
    cursor = database.sessions.find({"user": user, "ends": {"$gt": int(now * 1000)}}).sort("created", -1)
    return await cursor.to_list(None)


async def revoke(database: Database, *, user: str, session_id: str) -> bool:
    """End one of the user's own sessions, at once. False if there is no such session."""
    result = await database.sessions.delete_one({"user": user, "id": session_id})
    return result.deleted_count == 1
