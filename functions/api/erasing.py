"""Closes the door behind a user who is to be erased, and accepts the job that removes what there is of them.

    open ── close ──▶ erasing: no address, no sign-in, no session ── the job (functions/erase_user) ──▶ (no record)

One transaction, all of it or nothing:

    users       marked, and without its address, which is nobody's from here on
    sign_ins    gone: links that were mailed open nothing
    sessions    gone: whoever comes with one finds none
    runs        the job's, once a user: a second request is answered with the first one's
    audit       who has asked for it; what was done to the address is told of the user's id

Who meets it on the way:

    a link's exchange       writes to the sign-in that this deletes, so one of them begins anew: that finds no sign-in,
                            or this finds its session
    a link is asked for     before: its sign-in is deleted with the others. After: the address is unknown, so that a new
                            user begins, with an id of their own. The job knows the old id alone: what is asked for now
                            is not lost with the old user, and brings nothing of theirs back
    a request that has      may write until it ends, which is within the API's time-out: the job begins REQUESTS_END
    passed the door         later, and looks again at everything before it ends

An address that was suppressed is let go of as well: to stop mail to it we would have to keep it. If it bounces again,
that is noted again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from functions.erase_user.contract import CONTRACT, EraseUser
from shared import audit
from shared.audit import Act
from shared.clock import World
from shared.database import Database, Session, transaction
from shared.enqueue import Enqueuer
from shared.mail.addresses import canonical
from shared.runs.model import Run, read
from shared.runs.pipeline import NOW

OWNER: Final = "erasure"
"""Whose the jobs are: they outlive the user."""
REQUESTS_END: Final = timedelta(minutes=1)
"""From when a request has passed the door: twice the API's time-out, after which AWS ends it."""


async def close(
    database: Database, user: str, *, by: str, enqueuer: Enqueuer, world: World, wait: timedelta = REQUESTS_END
) -> Run | None:
    """The job's run, to be handed over; None for a user whom there is not. `by` is who has asked."""
    run_id = world.token()

    async def work(session: Session) -> Run | None:
        marked: Mapping[str, Any] | None = await database.users.find_one_and_update(
            {"_id": user},
            [{"$set": {"erasing": {"$ifNull": ["$erasing", NOW]}}}, {"$unset": "email"}],
            session=session,
        )
        if marked is None:
            return await _erased_before(database, user, session)
        await database.sign_ins.delete_many({"user": user}, session=session)
        await database.sessions.delete_many({"user": user}, session=session)
        if "email" in marked:
            address = canonical(marked["email"])
            await database.suppressions.delete_one({"_id": address}, session=session)
            await audit.rename(database, [address], to=user, session=session)
        accepted = await enqueuer.accept(
            CONTRACT,
            EraseUser(user=user),
            owner=OWNER,
            run_id=run_id,
            key=user,
            delay=wait.total_seconds(),
            session=session,
        )
        if accepted.created:
            act = Act(by, "user.erase", user, {"job": accepted.run.id})
            await audit.note(database, [act], now=world.now(), session=session)
        return accepted.run

    return await transaction(database, work)


async def _erased_before(database: Database, user: str, session: Session) -> Run | None:
    """For as long as its record is kept: who asks again, because an answer was lost, is told of it."""
    by_key = {"job": CONTRACT.name, "owner": OWNER, "key": user}
    record = await database.runs.find_one(by_key, session=session)
    return read(record) if record else None
