"""POST /v1/documents: an upload becomes one document, whatever is put, claimed or swept at the same moment."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.config import StorageSettings
from shared.documents import uploads
from shared.documents.content import DOCX, PDF
from shared.storage import Storage
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.files import (
    A_DOCX,
    A_PDF,
    DOCUMENTS,
    TEXT,
    asked,
    claim,
    described,
    fetched,
    package,
    put,
    uploaded,
)
from tests.support.open_storage import open_storage
from tests.support.stores import doing_first, keys, overwrite, telling_no_checksum

Ada = dict[str, str]


@pytest.fixture
def bucket(storage_settings: StorageSettings) -> Iterator[Storage]:
    """Of both providers; Supabase's tells no checksum, which our server does."""
    with open_storage(storage_settings) as made:
        yield made if storage_settings.storage_provider == "tigris" else telling_no_checksum(made)


@pytest.fixture
async def elsewhere(front: Front) -> AsyncIterator[Phone]:
    async with front.browser(address="203.0.113.77") as browser:
        yield browser


@pytest.mark.parametrize(
    ("body", "content_type", "name"),
    [
        (TEXT, "text/plain", "poem.txt"),
        (TEXT, "text/markdown", "poem.md"),
        (TEXT, "text/html", "poem.html"),
        (A_PDF, PDF, "Ποίηση.pdf"),
        (A_DOCX, DOCX, "offer.docx"),
    ],
)
async def test_an_upload_becomes_a_document(
    front: Front, phone: Phone, ada: Ada, *, body: bytes, content_type: str, name: str
) -> None:
    description = described(body, content_type, name)
    ticket = await uploaded(phone, ada, body, content_type, name)
    answer = await claim(phone, ada, ticket.id, tags=["b", " a ", "b"])
    document = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == f"{DOCUMENTS}/{document['id']}"
    assert document["file"] == description
    assert (document["title"], document["tags"], document["status"]) == (name, ["b", "a"], "stored")
    assert (document["version"], document["analysis"], document["unreadable_because"]) == (1, None, None)
    assert "files/" not in answer.text
    assert "uploads/" not in answer.text
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    assert (record["state"], record["document"]) == ("claimed", document["id"])


async def test_claiming_twice_gives_the_same_document_as_it_is_now(front: Front, phone: Phone, ada: Ada) -> None:
    ticket = await uploaded(phone, ada)
    first = await claim(phone, ada, ticket.id, title="One")
    await phone.patch(f"{DOCUMENTS}/{first.json()['id']}", json={"title": "Two"}, headers=ada | {"If-Match": "*"})
    again = await claim(phone, ada, ticket.id, title="Three", tags=["x"])
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    assert again.headers["location"] == first.headers["location"]
    assert again.json() | {"title": "One", "version": 1, "updated_at": ""} == first.json() | {"updated_at": ""}
    assert await front.database.documents.count_documents({}) == 1


async def test_twenty_claims_at_once_make_one_document_of_one_file(
    front: Front, phone: Phone, bucket: Storage, ada: Ada
) -> None:
    ticket = await uploaded(phone, ada)
    answers = await asyncio.gather(*(claim(phone, ada, ticket.id) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    [document] = [one async for one in front.database.documents.find({})]
    assert {answer.json()["id"] for answer in answers} == {document["_id"]}
    assert await keys(bucket, f"files/{document['_id']}/") == [document["file"]["key"]]


async def test_what_is_put_after_the_claim_changes_nothing(
    front: Front, phone: Phone, bucket: Storage, ada: Ada
) -> None:
    """Case 26: the URL is valid for minutes more, and not every store looks at the checksum."""
    ticket = await uploaded(phone, ada)
    document = (await claim(phone, ada, ticket.id)).json()
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    overwrite(bucket, record["key"], b"#" * len(TEXT))
    link = (await phone.get(f"{DOCUMENTS}/{document['id']}/download", headers=ada)).json()["url"]
    assert (await fetched(link)).content == TEXT


@pytest.mark.parametrize("other", [b"#" * len(TEXT), b"#"], ids=["as long", "shorter"])
async def test_what_is_put_between_the_look_and_the_copy_is_found_in_the_copy(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, other: bytes
) -> None:
    ticket = await uploaded(phone, ada)
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None

    async def attack() -> None:
        overwrite(bucket, record["key"], other)

    front.change(storage=doing_first(bucket, "copy", attack))
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
    assert (answer.status_code, kind(answer)) == (422, "not-as-promised")
    assert await front.database.documents.count_documents({}) == 0


@pytest.mark.parametrize(
    ("promised", "put_type", "there", "there_type", "broken"),
    [
        (TEXT, "text/plain", TEXT[:-2], "text/plain", "size"),
        (TEXT, "text/plain", TEXT, "text/html", "content type"),
        (TEXT, "text/plain", TEXT[::-1], "text/plain", "checksum"),
        (A_DOCX, "text/plain", A_DOCX, "text/plain", "content"),
        (b"MZ\x90\x00\x03\x00", PDF, b"MZ\x90\x00\x03\x00", PDF, "content"),
        (TEXT, DOCX, TEXT, DOCX, "content"),
        (package("mimetype", "content.xml"), DOCX, package("mimetype", "content.xml"), DOCX, "content"),
    ],
    ids=["size", "type", "checksum", "zip as text", "exe as pdf", "text as docx", "odt as docx"],
)
async def test_what_is_not_as_promised_is_no_document_and_leaves_no_copy(
    front: Front,
    phone: Phone,
    bucket: Storage,
    ada: Ada,
    *,
    promised: bytes,
    put_type: str,
    there: bytes,
    there_type: str,
    broken: str,
) -> None:
    before = await keys(bucket, "files/")
    ticket = await asked(phone, ada, described(promised, put_type))
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    overwrite(bucket, record["key"], there, there_type)
    answer = await claim(phone, ada, ticket.id)
    assert (answer.status_code, kind(answer)) == (422, "not-as-promised")
    assert answer.json()["detail"] == f"The file's {broken} is not what the upload promised."
    assert await front.database.documents.count_documents({}) == 0
    assert await keys(bucket, "files/") == before


async def test_after_a_refused_claim_the_promised_file_can_still_be_put(
    front: Front, phone: Phone, bucket: Storage, ada: Ada
) -> None:
    ticket = await asked(phone, ada, described(TEXT))
    nothing = await claim(phone, ada, ticket.id)
    assert (nothing.status_code, kind(nothing)) == (409, "not-uploaded")
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    overwrite(bucket, record["key"], b"#" * len(TEXT))
    assert (await claim(phone, ada, ticket.id)).status_code == 422
    assert await put(ticket, TEXT) == 200
    assert (await claim(phone, ada, ticket.id)).status_code == 201


async def test_anothers_upload_is_answered_like_one_that_is_not_there(phone: Phone, ada: Ada, eve: Ada) -> None:
    ticket = await uploaded(phone, ada)
    await claim(phone, ada, (await uploaded(phone, ada)).id)
    theirs, unknown = await claim(phone, eve, ticket.id), await claim(phone, eve, "nothing")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


async def test_what_has_expired_or_was_condemned_or_deleted_is_gone(front: Front, phone: Phone, ada: Ada) -> None:
    ticket = await uploaded(phone, ada)
    await front.database.uploads.update_one({}, {"$set": {"url_expires_at": int(time.time() * 1000) - 3_700_000}})
    for _ in range(2):
        answer = await claim(phone, ada, ticket.id)
        assert (answer.status_code, kind(answer)) == (410, "upload-gone")
        assert await uploads.condemn(front.database, [ticket.id])
    second = await uploaded(phone, ada)
    document = (await claim(phone, ada, second.id)).json()
    await phone.delete(f"{DOCUMENTS}/{document['id']}", headers=ada)
    assert (await claim(phone, ada, second.id)).status_code == 410


async def test_a_put_that_ended_after_its_url_can_be_claimed(front: Front, phone: Phone, ada: Ada) -> None:
    ticket = await uploaded(phone, ada)
    await front.database.uploads.update_one({}, {"$set": {"url_expires_at": int(time.time() * 1000) - 60_000}})
    assert (await claim(phone, ada, ticket.id)).status_code == 201


@pytest.mark.parametrize("moment", ["head", "copy", "first"])
async def test_a_sweep_during_a_claim_has_one_winner(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, moment: str
) -> None:
    """Case 27: condemned and its file deleted while the claim is on its way: no document without a file."""
    before = await keys(bucket, "files/")
    ticket = await uploaded(phone, ada)
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None

    async def sweep() -> None:
        long_ago = {"url_expires_at": int(time.time() * 1000) - 3_700_000}
        await front.database.uploads.update_one({"_id": ticket.id}, {"$set": long_ago})
        assert await uploads.condemn(front.database, [ticket.id])
        assert not await bucket.delete([record["key"]])

    front.change(storage=doing_first(bucket, moment, sweep))
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
    assert (answer.status_code, kind(answer)) == (410, "upload-gone")
    assert await front.database.documents.count_documents({}) == 0
    assert await keys(bucket, "files/") == before


async def test_a_claim_that_comes_too_late_for_the_file_answers_with_the_winners_document(
    front: Front, phone: Phone, bucket: Storage, ada: Ada, elsewhere: Phone
) -> None:
    """Another has claimed it meanwhile, and the upload's file was swept away."""
    ticket = await uploaded(phone, ada)
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None

    async def meanwhile() -> None:
        assert (await claim(elsewhere, ada, ticket.id)).status_code == 201
        await bucket.delete([record["key"]])

    front.change(storage=doing_first(bucket, "copy", meanwhile))
    async with front.browser() as browser:
        answer = await claim(browser, ada, ticket.id)
    assert answer.status_code == 200
    assert await front.database.documents.count_documents({}) == 1
