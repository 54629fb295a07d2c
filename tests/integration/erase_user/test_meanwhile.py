"""Whatever is on its way while a user is erased comes to nothing, or is found by the next look."""

from datetime import timedelta

import pytest

from functions.erase_user import erasing
from functions.erase_user.places.uploads import NOBODY
from shared.clock import World
from shared.database import Session
from shared.documents import UploadGone, UploadState, Wish, claim, uploads
from shared.documents.claiming import Desk as ClaimDesk
from shared.documents.claiming import document_id
from shared.mail import suppressions
from shared.runs.model import Run, State
from shared.runs.operating import Operator, Outcome
from shared.runs.settle import Continued, Holder, Succeeded, settle
from tests.integration.api.front import CONTRACTS, Report
from tests.integration.documents.files import TEXT, uploaded
from tests.integration.erase_user.belongings import documents, mail, person, run_in
from tests.integration.erase_user.bench import Bench, Person
from tests.support.documents import keep
from tests.support.stores import doing_first, keys
from tests.support.unindexed import unindexed

FAR = 10**15
"""A lease that is not over in these tests."""


async def working(bench: Bench, made: Person) -> Holder:
    run = await run_in(bench, made, State.RUNNING, lease=FAR, holder="worker", fence=1)
    return Holder(run, "worker", 1)


async def test_a_live_run_is_asked_to_stop_and_nothing_is_removed_before_it_has_ended(bench: Bench) -> None:
    ada = await person(bench, "ada")
    holder = await working(bench, ada)
    await keep(bench.database, "mill", owner=ada.id)
    run = await bench.close(ada.id)

    for _ in range(2):
        assert (await bench.leg(run)).answer.outcome == "continued"
    held = await bench.desk.read(holder.run_id)
    assert (held.state, (held.cancel or {})["by"]) == (State.RUNNING, "erasure")
    assert (await bench.database.documents.find_one({"_id": "mill"}) or {}).get("deleted_at") is None

    ended = await settle(bench.database, holder, Continued('"next"'))
    assert ended is not None
    assert ended.state is State.CANCELLED
    await bench.erase(run)
    assert await bench.left(ada) == []


async def test_what_a_run_begins_when_it_ends_is_ended_too(bench: Bench) -> None:
    ada = await person(bench, "ada")
    holder = await working(bench, ada)
    run = await bench.close(ada.id)
    await bench.leg(run)

    async def insert(session: Session) -> None:
        asked = Report(document=ada.mark, owner=ada.id, weight=1, options={})
        await bench.front.services.enqueuer.accept(CONTRACTS["report"], asked, owner=ada.id, session=session)

    await settle(bench.database, holder, Succeeded(f'"{ada.mark}"'), insert=insert)
    assert await bench.database.runs.count_documents({"owner": ada.id, "state": "pending"}) == 1
    await bench.erase(run)
    assert await bench.left(ada) == []


async def test_the_messages_of_runs_that_had_not_ended_are_taken_back(bench: Bench) -> None:
    ada = await person(bench, "ada")
    waiting = await run_in(bench, ada, State.QUEUED)
    done = await run_in(bench, ada, State.SUCCEEDED)
    await bench.erase(await bench.close(ada.id))
    assert f"msg_{waiting}" in bench.taken_back
    assert f"msg_{done}" not in bench.taken_back


async def test_a_claim_that_is_on_its_way_makes_no_document(bench: Bench) -> None:
    """The door's wait is over while it copies, as it never is: it finds its upload condemned all the same."""
    ada = await person(bench, "ada")
    async with bench.front.browser() as phone:
        upload = (await uploaded(phone, ada.who)).id
    run = await bench.close(ada.id)

    async def erase() -> None:
        await bench.leg(run)

    async def no_check(*_: object) -> Run:
        raise AssertionError

    store = doing_first(bench.storage, "first", erase)
    desk = ClaimDesk(bench.database, store, World(), no_check, unindexed, 1)
    with pytest.raises(UploadGone):
        await claim(desk, upload, owner=ada.id, wish=Wish())
    await bench.erase(run)
    assert await bench.left(ada) == []
    assert await keys(bench.storage, f"files/{document_id(upload)}/") == []


async def test_what_comes_after_a_round_has_looked_is_found_by_the_next(bench: Bench) -> None:
    """A straggler writes a document and a run when the last of what was there is being deleted."""
    ada = await person(bench, "ada")
    async with bench.front.browser(headers=ada.who) as phone:
        await documents(bench, ada, phone)
    run = await bench.close(ada.id)
    come: list[str] = []

    async def straggle() -> None:
        last = not await bench.database.documents.find_one({"owner": ada.id, "deleted_at": None})
        if last and not come:
            come.append("once")
            await keep(bench.database, "late", owner=ada.id, title=ada.mark, unindexed_since=1)
            await run_in(bench, ada, State.PENDING)

    await bench.search.turn()
    bench.change(storage=doing_first(bench.storage, "delete", straggle))
    removed = await bench.erase(run)
    assert come
    assert removed["documents"] == 3
    assert await bench.left(ada) == []


async def test_a_run_that_is_replayed_during_the_last_look_is_ended_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the look for live runs, and before that for those that have ended: each finds none."""
    ada = await person(bench, "ada")
    [mailed] = [record["_id"] async for record in bench.database.runs.find({"owner": ada.id})]
    await bench.database.runs.update_one({"_id": mailed}, {"$set": {"state": State.CANCELLED.value}})
    run = await bench.close(ada.id)
    outcomes: list[Outcome] = []

    async def replayed(*_: object) -> int:
        if not outcomes:
            by = Operator(bench.front.services.enqueuer, "key:operator", World())
            outcomes.append((await by.replay(mailed)).outcome)
        return 0

    monkeypatch.setattr(erasing, "REMOVED", {"replayed": replayed, **erasing.REMOVED})
    await bench.erase(run)
    assert outcomes == [Outcome.REPLAYED]
    assert await bench.database.runs.find_one({"owner": ada.id}) is None


async def test_the_file_of_a_put_that_comes_late_is_the_cleanups_and_tells_of_nobody(bench: Bench) -> None:
    """The URL is good for minutes, and whoever has it may put the file again."""
    ada = await person(bench, "ada")
    async with bench.front.browser() as phone:
        upload = (await uploaded(phone, ada.who, TEXT, name=f"{ada.mark}.txt")).id
    record = await bench.database.uploads.find_one({"_id": upload})
    assert record is not None
    await bench.erase(await bench.close(ada.id))
    assert await keys(bench.storage, record["key"]) == []
    assert await bench.left(ada) == []

    kept = await bench.database.uploads.find_one({"_id": upload})
    assert kept is not None
    assert (kept["owner"], kept["state"], kept["key"]) == (NOBODY, UploadState.CONDEMNED.value, record["key"])
    assert await uploads.condemn(bench.database, [upload], late=timedelta(hours=-1)) == {upload}


async def test_an_upload_whose_url_is_over_goes_altogether(bench: Bench) -> None:
    ada = await person(bench, "ada")
    async with bench.front.browser() as phone:
        upload = (await uploaded(phone, ada.who)).id
    await bench.database.uploads.update_one({"_id": upload}, {"$set": {"url_expires_at": 1}})
    await bench.erase(await bench.close(ada.id))
    assert await bench.database.uploads.find_one({"_id": upload}) is None


async def test_an_address_that_bounces_after_the_door_has_closed_is_forgotten_with_the_mail(bench: Bench) -> None:
    """Also that somebody let it get mail again."""
    ada = await person(bench, "ada")
    run = await bench.close(ada.id)
    await mail(bench, ada)
    assert await suppressions.lift(bench.database, ada.address, by="key:operator", now=1)
    [lifted] = [act["_id"] async for act in bench.database.audit.find({"subject": ada.address})]
    await bench.erase(run)
    acts = bench.database.audit.find({"action": "address.lift"})
    assert [(act["_id"], act["subject"]) async for act in acts] == [(lifted, ada.id)]
    assert await bench.left(ada) == [f"audit/{lifted}"]
