"""API keys: how servers and operators call. A key is told once, when it is made; only its hash is kept.

created = await create_key(database, name="billing", scopes={"jobs:write"}, by="command line", world=World())
print(created.key)                                  # mr_..., the only time
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.clock import World
from shared.database import Database, Session
from shared.tokens import token_hash

PREFIX: Final = "mr_"
SCOPES: Final = ("jobs:read", "jobs:write", "documents:read", "documents:write", "operator")
"""An operator may do everything, and sees everybody's jobs; documents are their owner's alone."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreatedKey:
    id: str
    key: str
    name: str
    scopes: tuple[str, ...]
    created: int
    """Milliseconds since the epoch."""


async def create_key(
    database: Database,
    *,
    name: str,
    scopes: Collection[str],
    by: str,
    world: World,
    session: Session | None = None,
) -> CreatedKey:
    """Make a key; `by` is who made it, for the record. Raises ValueError for a scope that there is not."""
    if unknown := set(scopes) - set(SCOPES):
        raise ValueError(f"no such scope: {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}")
    if not scopes:
        raise ValueError("a key without a scope may do nothing")
    created = CreatedKey(
        id=world.token(),
        key=f"{PREFIX}{world.token()}{world.token()}",
        name=name,
        scopes=tuple(sorted(scopes)),
        created=int(world.now() * 1000),
    )
    await database.api_keys.insert_one(
        {
            "_id": token_hash(created.key),
            "id": created.id,
            "name": created.name,
            "scopes": list(created.scopes),
            "created": created.created,
            "by": by,
        },
        session=session,
    )
    return created


async def find(database: Database, key: str) -> Document | None:
    document: Document | None = await database.api_keys.find_one({"_id": token_hash(key)})
    return document


async def every(database: Database) -> Sequence[Document]:
    """All keys, the newest first: there are as many as there are servers and operators."""
    return await database.api_keys.find({}).sort("created", -1).to_list(None)


async def revoke(database: Database, key_id: str) -> bool:
    """From now on the key opens nothing. False if there is no such key."""
    result = await database.api_keys.delete_one({"id": key_id})
    return result.deleted_count == 1
