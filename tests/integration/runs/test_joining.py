"""Work that only looks at the store: who changes something joins the run that has not looked yet, if there is one."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from shared.database import Database, Session, transaction
from shared.runs import outbox
from shared.runs.claim import Claim, Claimant, Verdict, claim
from shared.runs.model import Run, State
from shared.runs.record import NewRun

NEW = NewRun(id="new", job="look", version=1, owner="nobody", payload="{}", max_age=3_600_000)
OLD = replace(NEW, id="old")


def join(database: Database, session: Session, new: NewRun = NEW, *, alone: bool = False) -> Any:
    return outbox.join(database, new, now=time.time(), session=session, alone=alone)


async def joined(database: Database, new: NewRun = NEW, *, alone: bool = False) -> str:
    """The id of the run that serves a change."""

    async def work(session: Session) -> str:
        run: Run = await join(database, session, new, alone=alone)
        return run.id

    return await transaction(database, work)


async def taken(database: Database) -> Claim:
    by = Claimant(job="look", token="lambda", leg=0, epoch=0, tries=3, lease=60.0, attempt={}, version=1)
    return await claim(database.runs, OLD.id, by)


async def waits(database: Database, **fields: Any) -> None:
    """A run that was accepted before, with these fields by hand."""
    await outbox.insert(database, OLD)
    if fields:
        await database.runs.update_one({"_id": OLD.id}, {"$set": fields})


@pytest.mark.parametrize("state", [State.PENDING, State.QUEUED, State.RETRYING])
async def test_a_run_that_waits_is_joined(database: Database, state: State) -> None:
    await waits(database, state=state.value)
    assert [await joined(database), await joined(database)] == ["old", "old"]
    [record] = await database.runs.find({}).to_list(None)
    assert (record["state"], record["joined"]) == (state.value, 2)


@pytest.mark.parametrize("state", [State.RUNNING, State.SUCCEEDED, State.FAILED, State.CANCELLED])
async def test_one_that_has_begun_or_ended_is_left_as_it_is(database: Database, state: State) -> None:
    await waits(database, state=state.value)
    before = await database.runs.find_one({"_id": "old"})
    assert await joined(database) == "new"
    assert await database.runs.find_one({"_id": "old"}) == before


@pytest.mark.parametrize("wait", [60.0, -600.0], ids=["to be tried much later", "its message may be lost"])
async def test_one_that_may_come_late_is_not_joined(database: Database, wait: float) -> None:
    await waits(database, state=State.RETRYING.value, not_before=int((time.time() + wait) * 1000))
    assert await joined(database) == "new"


async def test_one_that_is_to_be_cancelled_is_not_joined(database: Database) -> None:
    await waits(database, cancel={"by": "ada"})
    assert await joined(database) == "new"


@pytest.mark.parametrize("other", [{"payload": '{"all":true}'}, {"owner": "ada"}, {"job": "tidy"}, {"version": 2}])
async def test_one_of_other_work_is_not_joined(database: Database, other: dict[str, Any]) -> None:
    await waits(database, **other)
    assert await joined(database) == "new"


async def test_who_asks_for_a_run_alone_joins_none(database: Database) -> None:
    await waits(database)
    assert await joined(database, alone=True) == "new"


async def test_a_run_that_was_claimed_before_the_commit_is_never_joined(database: Database) -> None:
    """The change is written, the run is claimed and may have looked; then the change joins, and has to begin anew."""
    await waits(database, state=State.QUEUED.value)
    claims: list[Claim] = []

    async def work(session: Session) -> Run:
        await database.documents.insert_one({"_id": "changed"}, session=session)
        again = bool(claims)
        if not again:
            claims.append(await taken(database))
        run: Run = await join(database, session, alone=again)
        return run

    run = await transaction(database, work)
    assert (claims[0].verdict, run.id) == (Verdict.TAKEN, "new")
    assert "joined" not in (await database.runs.find_one({"_id": "old"}) or {})


async def test_a_claim_that_meets_a_change_comes_after_its_commit(database: Database) -> None:
    """The change has joined and has not committed: nobody has the run before it has."""
    await waits(database, state=State.QUEUED.value)
    seen: list[Any] = []

    async def claims_and_looks() -> Claim:
        claimed = await taken(database)
        seen.append(await database.documents.find_one({"_id": "changed"}))
        return claimed

    claims: list[asyncio.Task[Claim]] = []

    async def work(session: Session) -> Run:
        await database.documents.insert_one({"_id": "changed"}, session=session)
        run: Run = await join(database, session, alone=bool(claims))
        if not claims:
            claims.append(asyncio.create_task(claims_and_looks()))
            await asyncio.wait(claims, timeout=0.2)  # time enough for a claim that does not wait
        return run

    run = await transaction(database, work)
    claimed = await claims[0]
    assert (claimed.verdict, run.id) == (Verdict.TAKEN, "old")
    assert seen == [{"_id": "changed"}]


async def test_what_is_undone_has_joined_nothing_and_accepted_nothing(database: Database) -> None:
    class Undone(Exception):
        pass

    async def work(session: Session) -> None:
        await join(database, session)
        raise Undone

    for there in (0, 1):
        with pytest.raises(Undone):
            await transaction(database, work)
        found = await database.runs.find({}).to_list(None)
        assert [run.get("joined") for run in found] == [None] * there
        await waits(database)
