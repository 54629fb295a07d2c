"""A check that ended without a verdict is begun again by claiming the upload again; one that lives is left alone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from functions.api.routes import documents
from functions.check_document.checking import Services, check_document
from functions.check_document.contract import CONTRACT
from shared.documents import Status, claiming, progress
from shared.runs.finish import End, finish
from shared.runs.model import Run, State, read
from shared.runs.revive import cancel
from shared.storage import Storage
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.files import DOCUMENTS, TEXT, UPLOADS, claim, described, uploaded
from tests.support.desk import Desk
from tests.support.stores import telling_no_checksum
from tests.support.unindexed import unindexed

Ada = dict[str, str]


@pytest.fixture
async def browser(front: Front, bucket: Storage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phone]:
    """Of a deployment where every file is too large to be hashed by the claim."""
    monkeypatch.setattr(documents, "AT_ONCE", 1)
    front.change(storage=telling_no_checksum(bucket))
    async with front.browser() as made:
        yield made


@pytest.fixture
async def upload(browser: Phone, ada: Ada) -> str:
    """The id of one whose document is being checked."""
    ticket = await uploaded(browser, ada)
    assert (await claim(browser, ada, ticket.id)).json()["status"] == "checking"
    return ticket.id


async def checks(front: Front) -> list[Run]:
    return [read(one) async for one in front.database.runs.find({"job": CONTRACT.name}).sort("created")]


async def fail(front: Front) -> None:
    [run] = await checks(front)
    end = End(state=State.FAILED, reason="made up", error={"code": "made_up", "message": "made up"})
    assert await finish(front.database, run, end, alert=None)


def handed_over(front: Front) -> int:
    return [message.job for message in front.publisher.published].count(CONTRACT.name)


async def check(front: Front, bucket: Storage, run: Run) -> None:
    services = Services(front.database, bucket)
    desk = Desk(front.database, CONTRACT, lambda payload, _: check_document(payload, services, unindexed))
    assert (await desk.deliver(run)).answer.status == 200


async def status(front: Front) -> Any:
    return (await front.database.documents.find_one({}) or {})["status"]


async def test_a_check_that_failed_for_good_is_begun_again_and_ends_it(
    front: Front, browser: Phone, bucket: Storage, ada: Ada, upload: str
) -> None:
    await fail(front)
    again = await claim(browser, ada, upload)
    assert (again.status_code, again.json()["status"], again.headers["etag"]) == (200, "checking", '"1"')
    failed, new = await checks(front)
    assert (failed.state, new.state, new.payload) == (State.FAILED, State.QUEUED, failed.payload)
    assert handed_over(front) == 2
    await check(front, bucket, new)
    assert await status(front) == "stored"


async def test_so_is_one_that_its_owner_cancelled(front: Front, browser: Phone, ada: Ada, upload: str) -> None:
    [run] = await checks(front)
    assert await cancel(front.database, run, by="ada")
    assert (await claim(browser, ada, upload)).status_code == 200
    assert [one.state for one in await checks(front)] == [State.CANCELLED, State.QUEUED]


async def test_one_that_lives_is_the_only_one(front: Front, browser: Phone, ada: Ada, upload: str) -> None:
    for state in (State.QUEUED, State.RUNNING, State.RETRYING):
        await front.database.runs.update_one({"job": CONTRACT.name}, {"$set": {"state": state.value}})
        assert (await claim(browser, ada, upload)).json()["status"] == "checking"
    assert len(await checks(front)) == handed_over(front) == 1


async def test_twenty_claims_at_once_begin_one(front: Front, browser: Phone, ada: Ada, upload: str) -> None:
    await fail(front)
    answers = await asyncio.gather(*(claim(browser, ada, upload) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({run.id for run in await checks(front)}) == 2


async def test_one_that_was_never_handed_over_is_so_by_the_next_claim(
    front: Front, browser: Phone, ada: Ada, upload: str
) -> None:
    await front.database.runs.update_one({"job": CONTRACT.name}, {"$set": {"state": State.PENDING.value}})
    assert (await claim(browser, ada, upload)).status_code == 200
    [run] = await checks(front)
    assert run.state is State.QUEUED


async def test_a_check_that_ends_while_the_claim_looks_is_not_begun_again(
    front: Front, browser: Phone, bucket: Storage, ada: Ada, *, upload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watched(*given: Any, **more: Any) -> claiming.Desk:
        made = claiming.Desk(*given, **more)

        async def check_later(*asked: Any) -> Run:
            [run] = await checks(front)
            await check(front, bucket, run)
            return await made.check_later(*asked)

        return replace(made, check_later=check_later)

    monkeypatch.setattr(documents, "Desk", watched)
    assert (await claim(browser, ada, upload)).status_code == 200
    [run] = await checks(front)
    assert (run.state, await status(front), handed_over(front)) == (State.SUCCEEDED, "stored", 1)


@pytest.mark.parametrize("ended", [Status.REFUSED, Status.STORED, Status.ANALYSED])
async def test_a_document_that_was_checked_is_not_checked_again(
    front: Front, browser: Phone, ada: Ada, upload: str, ended: Status
) -> None:
    await fail(front)
    document = await front.database.documents.find_one({}) or {}
    assert await progress.move(front.database, document["_id"], of={Status.CHECKING}, to=ended, indexing=unindexed)
    assert (await claim(browser, ada, upload)).json()["status"] == ended.value
    assert len(await checks(front)) == 1


async def test_nothing_is_begun_for_what_was_deleted_or_is_anothers(
    front: Front, browser: Phone, ada: Ada, eve: Ada, upload: str
) -> None:
    await fail(front)
    assert (await claim(browser, eve, upload)).status_code == 404
    document = await front.database.documents.find_one({}) or {}
    await browser.delete(f"{DOCUMENTS}/{document['_id']}", headers=ada)
    answer = await claim(browser, ada, upload)
    assert (answer.status_code, kind(answer)) == (410, "upload-gone")
    assert len(await checks(front)) == 1


async def test_the_record_of_the_upload_is_not_needed(
    front: Front, browser: Phone, ada: Ada, eve: Ada, upload: str
) -> None:
    """It is swept away when its URL has expired; a check goes on for days."""
    await fail(front)
    await front.database.uploads.delete_many({})
    again = await claim(browser, ada, upload)
    assert (again.status_code, again.json()["file"]) == (200, described(TEXT))
    assert len(await checks(front)) == 2
    assert (await claim(browser, eve, upload)).status_code == 404
    await browser.delete(again.headers["location"], headers=ada)
    assert (await claim(browser, ada, upload)).status_code == 404
    assert (await browser.post(UPLOADS, json=described(TEXT), headers=ada)).status_code == 201
