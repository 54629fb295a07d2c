"""The job check_document: reads the copy once and says whether it is what was promised, however often it is told to."""

from typing import Any

import pytest

from functions.api.routes import documents
from functions.check_document.checking import Services, check_document
from functions.check_document.contract import CONTRACT, CheckDocument
from functions.check_document.handler import handler
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.documents import Status, progress
from shared.errors import DependencyDown
from shared.runs.model import State
from shared.storage import Storage
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.files import DOCUMENTS, TEXT, claim, fetched, uploaded
from tests.support.desk import Desk
from tests.support.stores import doing_first, overwrite, telling_no_checksum
from tests.support.unindexed import unindexed

Ada = dict[str, str]


@pytest.fixture
async def large(front: Front, phone: Phone, ada: Ada, bucket: Storage, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The record of a document that is being checked."""
    monkeypatch.setattr(documents, "AT_ONCE", 1)
    ticket = await uploaded(phone, ada)
    front.change(storage=telling_no_checksum(bucket))
    async with front.browser() as browser:
        assert (await claim(browser, ada, ticket.id)).json()["status"] == "checking"
    return await front.database.documents.find_one({})


def desk_of(front: Front, storage: Storage) -> Desk:
    services = Services(front.database, storage)
    return Desk(front.database, CONTRACT, lambda payload, _: check_document(payload, services, unindexed))


async def run_of(front: Front) -> Any:
    [run] = [one async for one in front.database.runs.find({"job": "check_document"})]
    return await front.run(run["_id"])


async def test_promised_bytes_make_it_a_stored_document_once(
    front: Front, phone: Phone, ada: Ada, bucket: Storage, large: Any
) -> None:
    desk = desk_of(front, bucket)
    for _ in range(2):
        handled = await desk.deliver(await run_of(front))
        assert handled.answer.status == 200
    seen = (await phone.get(f"{DOCUMENTS}/{large['_id']}", headers=ada)).json()
    assert (seen["status"], seen["version"]) == ("stored", 2)
    link = (await phone.get(f"{DOCUMENTS}/{large['_id']}/download", headers=ada)).json()["url"]
    assert (await fetched(link)).content == TEXT


async def test_the_search_index_learns_of_it(front: Front, bucket: Storage, large: Any) -> None:
    """The run of the claim has begun: the check leaves another, and hands it over."""
    index = {"job": SYNC_SEARCH.name}
    await front.database.runs.update_one(index, {"$set": {"state": State.RUNNING.value}})
    desk = Desk(front.database, CONTRACT, handler.work, services=Services(front.database, bucket))
    for _ in range(2):
        assert (await desk.deliver(await run_of(front))).answer.status == 200
    [run] = await front.database.runs.find({**index, "state": State.QUEUED.value}).to_list(None)
    assert [message.run for message in desk.publisher.published] == [run["_id"]]


@pytest.mark.parametrize("what", ["other bytes", "none"])
async def test_anything_else_is_refused_and_never_given_out(
    front: Front, phone: Phone, ada: Ada, bucket: Storage, *, large: Any, what: str
) -> None:
    if what == "none":
        await bucket.delete([large["file"]["key"]])
    else:
        overwrite(bucket, large["file"]["key"], b"#" * len(TEXT))
    assert (await desk_of(front, bucket).deliver(await run_of(front))).answer.status == 200
    assert (await phone.get(f"{DOCUMENTS}/{large['_id']}", headers=ada)).json()["status"] == "refused"
    answer = await phone.get(f"{DOCUMENTS}/{large['_id']}/download", headers=ada)
    assert (answer.status_code, kind(answer)) == (409, "file-refused")


async def test_storage_away_is_waited_for(front: Front, bucket: Storage, large: Any) -> None:
    async def away() -> None:
        raise DependencyDown("storage", "status 500")

    assert (await desk_of(front, doing_first(bucket, "sha256", away)).deliver(await run_of(front))).answer.status == 503
    run = await run_of(front)
    assert run.state is State.RETRYING
    assert (await front.database.documents.find_one({}) or {})["status"] == "checking"
    asked = CheckDocument(document=large["_id"])
    assert await check_document(asked, Services(front.database, bucket), unindexed) == {"status": "stored"}


async def test_a_delivery_that_comes_late_moves_nothing(front: Front, bucket: Storage, large: Any) -> None:
    """Another has ended the check meanwhile, and an analysis has begun."""

    async def meanwhile() -> None:
        await progress.move(front.database, large["_id"], of={Status.CHECKING}, to=Status.ANALYSING, indexing=unindexed)

    asked = CheckDocument(document=large["_id"])
    await check_document(asked, Services(front.database, doing_first(bucket, "sha256", meanwhile)), unindexed)
    assert (await front.database.documents.find_one({}) or {})["status"] == "analysing"


async def test_what_was_deleted_or_is_unknown_needs_no_check(
    front: Front, ada: Ada, bucket: Storage, large: Any
) -> None:
    async with front.browser() as browser:
        await browser.delete(f"{DOCUMENTS}/{large['_id']}", headers=ada)
    for name in (large["_id"], "unknown"):
        asked = CheckDocument(document=name)
        assert await check_document(asked, Services(front.database, bucket), unindexed) == {"status": "gone"}
