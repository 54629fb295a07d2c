"""API keys: how servers and operators call. A key is told once, when it is made; only its hash is kept.

created = await create_key(database, name="billing", scopes={"jobs:write"}, by="command line", world=World())
print(created.key)                                  # mr_..., the only time

A key may have a webhook, which is told how the jobs end that it starts. Its secret is kept as it is, since what signs
has to be read: whoever reads it here could tell that one server falsehoods about jobs, and can do nothing with us.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared import audit
from shared.audit import Act
from shared.clock import World
from shared.database import Database, Session, transaction
from shared.tokens import token_hash
from shared.webhooks.addresses import host_of
from shared.webhooks.signing import new_secret

PREFIX: Final = "mr_"
SCOPES: Final = ("jobs:read", "jobs:write", "documents:read", "documents:write", "operator")
"""An operator may do everything, and sees everybody's jobs; documents are their owner's alone."""
UNTOLD: Final = {"webhook.secret": False}
"""What is read by nobody but who signs with it."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CreatedKey:
    id: str
    key: str = field(repr=False)
    name: str
    scopes: tuple[str, ...]
    created: int
    """Milliseconds since the epoch."""
    webhook: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    """`whsec_..`: told once, like the key."""


async def create_key(
    database: Database,
    *,
    name: str,
    scopes: Collection[str],
    by: str,
    world: World,
    webhook: str | None = None,
    session: Session | None = None,
) -> CreatedKey:
    """Make a key, and note it in the audit log; `by` is who made it. Raises ValueError for a scope that there is not.

    `webhook` is a URL that shared/webhooks/addresses.py has let pass: not asked here, where a transaction may wait.
    That is the caller's `session`, or one of its own.
    """
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
        webhook=webhook,
        webhook_secret=new_secret() if webhook else None,
    )

    async def write(session: Session) -> None:
        await database.api_keys.insert_one(_record(created, by), session=session)
        what = {"scopes": list(created.scopes), "webhook": host_of(webhook) if webhook else None}
        await audit.note(database, [Act(by, "key.create", created.id, what)], now=world.now(), session=session)

    await (write(session) if session is not None else transaction(database, write))
    return created


def _record(created: CreatedKey, by: str) -> dict[str, Any]:
    told = {"webhook": {"url": created.webhook, "secret": created.webhook_secret}} if created.webhook else {}
    return {
        "_id": token_hash(created.key),
        "id": created.id,
        "name": created.name,
        "scopes": list(created.scopes),
        "created": created.created,
        "by": by,
        **told,
    }


async def find(database: Database, key: str) -> Document | None:
    document: Document | None = await database.api_keys.find_one({"_id": token_hash(key)}, UNTOLD)
    return document


def notified(key: Document) -> str | None:
    """Whom the ends of what this key starts are told to: its id, where it has a webhook that is still wanted."""
    webhook = key.get("webhook")
    return key["id"] if webhook and "gone_at" not in webhook else None


async def every(database: Database) -> Sequence[Document]:
    """All keys, the newest first: there are as many as there are servers and operators."""
    return await database.api_keys.find({}, UNTOLD).sort("created", -1).to_list(None)


async def revoke(database: Database, key_id: str, *, by: str, now: float) -> bool:
    """From now on the key opens nothing, and the audit log has it. False if there is no such key. `now` in seconds."""

    async def write(session: Session) -> bool:
        result = await database.api_keys.delete_one({"id": key_id}, session=session)
        if result.deleted_count:
            await audit.note(database, [Act(by, "key.revoke", key_id)], now=now, session=session)
        return result.deleted_count == 1

    return await transaction(database, write)
