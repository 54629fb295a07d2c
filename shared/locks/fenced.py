"""Where a lock's fence is checked: a record in MongoDB that remembers the largest fence which wrote it.

    A: fence 7 ──paused──────────────────────────────▶ fenced_update(.., 7): FencedOut, nothing is written
    B:              fence 9 ──fenced_update(.., 9)──▶ the record says lock_fence: 9

One atomic step: the fence is compared and stored by the same update that it allows.
"""

from collections.abc import Mapping
from typing import Any, Final

from shared.database import Collection, reachable
from shared.locks.errors import FencedOut

FENCE: Final = "lock_fence"
"""The field that holds it. A record has one, so one lock protects it."""


async def fenced_update(
    collection: Collection, which: Mapping[str, Any], update: Mapping[str, Any], fence: int
) -> bool:
    """Apply `update` to the one record that `which` finds, unless a later holder of the lock has written it.

    False if there is no such record. The same fence may write many times, so a lost answer is no harm to an update
    that may be repeated. Raises FencedOut for a holder whose time is over, and DependencyDown.
    """
    allowed = {"$or": [{FENCE: {"$exists": False}}, {FENCE: {"$lte": fence}}]}
    change = {**update, "$set": {**update.get("$set", {}), FENCE: fence}}
    async with reachable():
        result = await collection.update_one({"$and": [dict(which), allowed]}, change)
        if result.matched_count:
            return True
        if await collection.find_one({"$and": [dict(which), {FENCE: {"$gt": fence}}]}, {"_id": True}) is None:
            return False
    raise FencedOut("a later holder of the lock has written the record")
