"""A claim that is cut off anywhere, or meets storage that is away, has made nothing or one document; claim again."""

import asyncio
from typing import Any

import pytest

from functions.api.routes import documents
from shared.database import transaction
from shared.documents import claiming
from shared.errors import DependencyDown
from shared.runs.model import State
from shared.storage import Refused, Storage
from tests.integration.api.front import Front, Phone, kind, nowhere
from tests.integration.documents.files import DOCUMENTS, TEXT, claim, fetched, uploaded
from tests.support.stores import doing_first, keys, telling_no_checksum

Ada = dict[str, str]


async def check_of(front: Front) -> Any:
    return await front.database.runs.find_one({"job": "check_document"})


async def test_it_dies_between_the_copy_and_the_transaction(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    ticket = await uploaded(phone, ada)
    with monkeypatch.context() as crash:
        crash.setattr(claiming, "transaction", dies)
        with pytest.raises(asyncio.CancelledError):
            await claim(phone, ada, ticket.id)
    assert await front.database.documents.count_documents({}) == 0
    [orphan] = await keys(bucket, f"files/{claiming.document_id(ticket.id)}/")
    again = await claim(phone, ada, ticket.id)
    record = await front.database.documents.find_one({"_id": again.json()["id"]})
    assert again.status_code == 201
    assert record is not None
    assert record["file"]["key"] != orphan, "no attempt writes where another has written"


@pytest.mark.parametrize("answer", ["died", "unknown"])
async def test_the_transaction_commits_and_its_answer_is_lost(
    front: Front, phone: Phone, ada: Ada, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    real = transaction

    async def lost(*args: Any) -> None:
        await real(*args)
        raise asyncio.CancelledError if answer == "died" else DependencyDown("mongodb", "the commit's fate is unknown")

    ticket = await uploaded(phone, ada)
    with monkeypatch.context() as crash:
        crash.setattr(claiming, "transaction", lost)
        if answer == "died":
            with pytest.raises(asyncio.CancelledError):
                await claim(phone, ada, ticket.id)
        else:
            assert (await claim(phone, ada, ticket.id)).status_code == 503
    again = await claim(phone, ada, ticket.id)
    assert again.status_code == 200
    link = (await phone.get(f"{DOCUMENTS}/{again.json()['id']}/download", headers=ada)).json()["url"]
    assert (await fetched(link)).content == TEXT, "the copy that the record names was not thrown away"
    assert await front.database.documents.count_documents({}) == 1


async def test_it_dies_inside_the_transaction(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the upload's write and the document's: neither is there."""

    def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    ticket = await uploaded(phone, ada)
    with monkeypatch.context() as crash:
        crash.setattr(claiming, "_record", dies)
        with pytest.raises(asyncio.CancelledError):
            await claim(phone, ada, ticket.id)
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    assert record["state"] == "unclaimed"
    assert (await claim(phone, ada, ticket.id)).status_code == 201


@pytest.mark.parametrize("call", ["head", "copy", "first", "sha256"])
async def test_storage_away_at_any_call_is_503_and_a_repeat_works(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, call: str
) -> None:
    async def away() -> None:
        raise DependencyDown("storage", "status 500", retry_after=7)

    ticket = await uploaded(phone, ada)
    silent = telling_no_checksum(bucket)
    front.change(storage=doing_first(silent, call, away))
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
    assert (answer.status_code, kind(answer), answer.headers["retry-after"]) == (503, "unavailable", "7")
    assert await front.database.documents.count_documents({}) == 0
    front.change(storage=silent)
    async with front.browser() as browser:
        assert (await claim(browser, ada, ticket.id)).status_code == 201


async def test_storage_that_refuses_connections_is_503_and_reading_goes_on(
    front: Front, phone: Phone, bucket: Storage, ada: Ada
) -> None:
    document = (await claim(phone, ada, (await uploaded(phone, ada)).id)).json()
    ticket = await uploaded(phone, ada)
    away = nowhere()
    front.change(storage=away)
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
        assert (answer.status_code, kind(answer)) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        at = f"{DOCUMENTS}/{document['id']}"
        assert (await browser.get(f"{at}/download", headers=ada)).status_code == 200, "signing asks nobody"
        assert (await browser.delete(at, headers=ada)).status_code == 204
    away.close()
    assert "storage" in str(front.log.lines)
    front.change(storage=bucket)
    async with front.browser() as browser:
        assert (await claim(browser, ada, ticket.id)).status_code == 201


@pytest.mark.parametrize("fault", [DependencyDown("storage", "status 500"), Refused("MethodNotAllowed", 405)])
async def test_a_copy_that_cannot_be_thrown_away_spoils_no_answer(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, fault: Exception
) -> None:
    async def away() -> None:
        raise fault

    body = b"\x00\x01 is no text"
    ticket = await uploaded(phone, ada, body)
    front.change(storage=doing_first(bucket, "delete", away))
    async with front.browser() as browser:
        assert kind(await claim(browser, ada, ticket.id)) == "not-as-promised"


async def test_a_large_file_without_a_checksum_is_left_to_a_job(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is accepted in the claim's transaction and handed over; nothing of the document is given out before."""
    monkeypatch.setattr(documents, "AT_ONCE", len(TEXT) - 1)
    front.change(storage=telling_no_checksum(bucket))
    ticket = await uploaded(phone, ada)
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
        document = answer.json()
        assert (answer.status_code, document["status"]) == (201, "checking")
        early = await browser.get(f"{DOCUMENTS}/{document['id']}/download", headers=ada)
    assert (early.status_code, kind(early)) == (409, "being-checked")
    assert int(early.headers["retry-after"]) >= 1
    run = await check_of(front)
    assert (run["state"], run["payload"]) == (State.QUEUED.value, f'{{"document":"{document["id"]}"}}')
    assert [message.job for message in front.publisher.published].count("check_document") == 1


async def test_it_dies_before_qstash_is_told_and_the_next_claim_or_the_relay_tells_it(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(documents, "AT_ONCE", len(TEXT) - 1)
    front.change(storage=telling_no_checksum(bucket))
    ticket = await uploaded(phone, ada)
    async with front.browser() as browser:
        with monkeypatch.context() as crash:
            crash.setattr(documents, "hand_over_soon", dies)
            with pytest.raises(asyncio.CancelledError):
                await claim(browser, ada, ticket.id)
        assert (await check_of(front))["state"] == State.PENDING.value
        again = await claim(browser, ada, ticket.id)
    assert (again.status_code, again.json()["status"]) == (200, "checking")
    assert (await check_of(front))["state"] == State.QUEUED.value
    assert await front.database.runs.count_documents({"job": "check_document"}) == 1


async def test_a_claim_that_fails_accepts_no_run(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(documents, "AT_ONCE", len(TEXT) - 1)
    monkeypatch.setattr(claiming, "read_document", dies)
    front.change(storage=telling_no_checksum(bucket))
    ticket = await uploaded(phone, ada)
    async with front.browser() as browser:
        with pytest.raises(asyncio.CancelledError):
            await claim(browser, ada, ticket.id)
    assert await check_of(front) is None
