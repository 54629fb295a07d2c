"""The work of the job: round after round through all places, until one finds nothing; then the user's record.

    the door is closed (functions/api/erasing.py) ── REQUESTS_END ──▶ a round ──▶ nothing found ──▶ the user's record
                                                         ▲   │
                                                         └───┤ something was removed: look again
                                                             ├─ time is short ──▶ Continue, at once
                                                             └─ others must do something first ──▶ Continue, later

Why a round that finds nothing is the end: whoever could write something of the user is gone by then. No session opens
(they were deleted with the door's closing), no request that passed the door before is still on its way (the job began
later than any can live), and every run of theirs has ended (it is the first thing that each round sees to) and is gone
(it is the last: an operator may have replayed one meanwhile). So nothing comes after the last look, and what came
before it was seen. The record goes last, so that a user who is there is either whole or being erased.

Each round first prepares: runs end before what they write is removed, documents are hidden so that the index hears of
them. Then it takes a page of every kind. All places are asked again in every round, however far an earlier delivery has
come; so the cursor holds no place, only what was removed, and a delivery that dies is repeated from the beginning and
finds less. What it had removed is counted nowhere: the counts are of what is known to have been removed.

A wait costs no try. It begins with seconds and doubles, up to ten minutes; whatever was removed begins it anew.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from functions.erase_user.contract import EraseUser
from functions.erase_user.places import NotYet, Place
from functions.erase_user.places.documents import hide_documents, remove_documents
from functions.erase_user.places.kept import forget_answers, forget_requests
from functions.erase_user.places.mails import remove_mails
from functions.erase_user.places.reports import remove_reports
from functions.erase_user.places.runs import end_runs, remove_runs, runs_left
from functions.erase_user.places.signing_in import remove_sessions, remove_sign_ins
from functions.erase_user.places.uploads import remove_uploads
from functions.erase_user.services import Context
from shared.context import Continue
from shared.database import reachable
from shared.errors import PermanentError

Erased = dict[str, int]
"""How many things of each kind were removed."""

PREPARED: Final[tuple[Place, ...]] = (end_runs, hide_documents)
REMOVED: Final[Mapping[str, Place]] = {
    "uploads": remove_uploads,
    "reports": remove_reports,
    "mails": remove_mails,
    "runs": remove_runs,
    "requests": forget_requests,
    "answers": forget_answers,
    "sign_ins": remove_sign_ins,
    "sessions": remove_sessions,
    "documents": remove_documents,  # last, since others have to hear of them
}

A_ROUND: Final = 120.0
"""Seconds that a round may take, which are few as a rule: none is begun when fewer are left, but a delivery's first."""
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 600.0
"""Seconds."""
DOUBLINGS: Final = 16
"""Enough to come to the longest."""


async def erase_user(payload: EraseUser, context: Context) -> Erased | Continue:
    """The run's result: what was removed, by kind."""
    await _closed(payload.user, context)
    cursor: dict[str, Any] = context.cursor or {"removed": {}, "waits": 0}
    removed = Counter(cursor["removed"])
    before = removed.total()
    try:
        while await _round(payload.user, removed, context):
            if context.remaining() < A_ROUND:
                return _later(removed, waits=0)
    except NotYet as wait:
        waits = 0 if removed.total() > before else cursor["waits"] + 1
        context.log.info("the erasure waits", extra={"why": wait.why})
        return _later(removed, waits=waits, after=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(waits, DOUBLINGS)))
    await _forget(payload.user, context)
    return dict(removed)


async def _round(user: str, removed: Counter[str], context: Context) -> int:
    """0 where there was nothing. Raises NotYet where nothing was removed, and something has to wait."""
    for prepare in PREPARED:
        while await prepare(user, context):
            pass
    found = 0
    for kind, place in REMOVED.items():
        try:
            count = await place(user, context)
        except NotYet:
            if not found:
                raise
            continue
        if count:
            removed[kind] += count
            found += count
            await context.progress(removed.total(), what="removed")
    return found or await runs_left(user, context)


def _later(removed: Counter[str], *, waits: int, after: float = 0.0) -> Continue:
    return Continue({"removed": dict(removed), "waits": waits}, after)


async def _closed(user: str, context: Context) -> None:
    """While people can come in there is no end to it. A user who is not there was erased by an earlier delivery."""
    async with reachable():
        record = await context.services.database.users.find_one({"_id": user}, {"erasing": 1})
    if record is not None and "erasing" not in record:
        raise PermanentError("this user is not being erased: their sessions are open")


async def _forget(user: str, context: Context) -> None:
    async with reachable():
        await context.services.database.users.delete_one({"_id": user, "erasing": {"$exists": True}})
