"""Mails: the exact requests that were sent, with their addresses and all that stood in them.

Each is stored with the owner of its run, whom it was sent to: every mail to a user is a run of theirs. Mails of other
owners go to the operators, whose addresses are configuration, and name runs alone.

A suppressed address goes with the mails to it: it can have been noted after the door was closed, which let go of it
(functions/api/erasing.py), and so can that an operator has lifted it. Where somebody new has begun with the address,
the worst of it is one more bounce. What Resend tells later of a mail that is gone here, a complaint for one, is noted
as a stranger's: it keeps us from writing to somebody who does not want it, and says nothing of a user.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from functions.erase_user.places.place import PAGE
from functions.erase_user.services import Context
from shared import audit
from shared.database import reachable
from shared.mail.addresses import canonical


async def remove_mails(user: str, context: Context) -> int:
    database = context.services.database
    async with reachable():
        page = await database.emails.find({"owner": user}, {"request": 1, "dropped": 1}).limit(PAGE).to_list(PAGE)
        if not page:
            return 0
        addresses = sorted({canonical(address) for record in page for address in _recipients(record)})
        await database.suppressions.delete_many({"_id": {"$in": addresses}})
        await audit.rename(database, addresses, to=user)
        return (await database.emails.delete_many({"_id": {"$in": [record["_id"] for record in page]}})).deleted_count


def _recipients(record: Mapping[str, Any]) -> Iterable[str]:
    """Also those that were left out; a mail that was skipped has an empty request."""
    return (*json.loads(record["request"]).get("to", ()), *record["dropped"])
