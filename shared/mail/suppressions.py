"""Addresses that mail is not sent to any more: each mail to one that bounces or complains costs the sender its name.

                     bounced, complained, suppressed
    (none) ─────────────────────────────────────────▶ suppressed ◀─┐ an event of after the lifting
                                                          │        │
                                       an operator lifts  └──▶ lifted

While it is suppressed a record keeps the earliest reason: what comes later changes nothing, and what comes late but is
of earlier takes its place, so that events make the same record in any order. A lifted record stays, with the time of
the lifting: an event of before it, however late it comes, does not suppress again what a person has looked into.

Every change is one atomic update by id. Times are milliseconds: `since` is Resend's, `lifted_at` the store's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from shared import audit
from shared.audit import Act
from shared.database import Database, Session, begin_anew, reachable, transaction
from shared.mail.addresses import canonical
from shared.mail.delivery import Kind
from shared.paging import Place, behind, latest
from shared.runs.pipeline import NOW, either, every, field, literal, when

REASONS: Final = (Kind.BOUNCED, Kind.COMPLAINED, Kind.SUPPRESSED)
"""Of these one is enough. A soft bounce is none: it mends itself."""
STATES: Final = tuple(kind.value for kind in REASONS)
"""Of a record whose address is not written to."""
LIFTED: Final = "lifted"


@dataclass(frozen=True, slots=True)
class Suppression:
    """`run` is the one whose mail it was, None where no record of ours names that mail."""

    address: str
    state: str
    since: int
    run: str | None
    resend_id: str


async def suppressed(database: Database, addresses: Sequence[str]) -> frozenset[str]:
    """Which of `addresses` must not be written to, as they were given."""
    by_id = {address: canonical(address) for address in addresses}
    wanted = {"_id": {"$in": list(by_id.values())}, "state": {"$in": list(STATES)}}
    async with reachable():
        found = {document["_id"] async for document in database.suppressions.find(wanted, {"_id": 1})}
    return frozenset(address for address, name in by_id.items() if name in found)


async def suppress(database: Database, new: Suppression, *, session: Session) -> None:
    """In the transaction that takes the event."""
    active = {"$in": [field("state", ""), list(STATES)]}
    since_lifted = {"$gt": [new.since, field("lifted_at", -1)]}
    # Of the same millisecond one has to be the first as well, whichever comes first.
    earlier = {"$lt": [literal([new.since, new.state, new.resend_id]), ["$since", "$state", "$resend_id"]]}
    fields = {"state": new.state, "since": new.since, "run": new.run, "resend_id": new.resend_id}
    changes = when(
        every(since_lifted, either(active, earlier, literal(value=True))),
        {name: literal(value) for name, value in fields.items()},
    )
    try:
        await database.suppressions.update_one({"_id": new.address}, [changes], upsert=True, session=session)
    except DuplicateKeyError:
        # Another event of the same address was first: this one begins anew, and sees its record.
        raise begin_anew("met another event") from None


async def lift(database: Database, address: str, *, by: str, now: float) -> bool:
    """From now on the address is written to again. False if it was not suppressed. `now` is our clock, in seconds."""
    name = canonical(address)

    async def work(session: Session) -> bool:
        changed = await database.suppressions.update_one(
            {"_id": name, "state": {"$in": list(STATES)}},
            [{"$set": {"state": LIFTED, "lifted_at": NOW, "lifted_by": literal(by)}}],
            session=session,
        )
        if changed.modified_count:
            await audit.note(database, [Act(by, "address.lift", name)], now=now, session=session)
        return bool(changed.modified_count)

    return await transaction(database, work)


async def page(database: Database, *, limit: int, after: Place | None = None) -> Sequence[Suppression]:
    """The latest first; a place is the `since` and the address of one."""
    wanted: dict[str, Any] = {"state": {"$in": list(STATES)}}
    query = database.suppressions.find(wanted | behind(after, "since")).sort(latest("since")).limit(limit)
    async with reachable():
        found = await query.to_list(limit)
    return [Suppression(one["_id"], one["state"], one["since"], one["run"], one["resend_id"]) for one in found]
