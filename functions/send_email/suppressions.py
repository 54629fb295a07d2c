"""Addresses that bounced or complained: mail to them is not sent, because each one costs the sender its reputation."""

from collections.abc import Sequence
from typing import Final

from shared.database import Database, reachable

STATES: Final = ("bounced", "complained")


async def suppressed(database: Database, addresses: Sequence[str]) -> frozenset[str]:
    """Which of `addresses` must not be written to, as they were given."""
    by_id = {address.lower(): address for address in addresses}
    wanted = {"_id": {"$in": list(by_id)}, "state": {"$in": list(STATES)}}
    async with reachable():
        found = {document["_id"] async for document in database.suppressions.find(wanted, {"_id": 1})}
    return frozenset(address for address in addresses if address.lower() in found)
