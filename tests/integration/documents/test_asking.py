"""POST /v1/uploads: what may be uploaded, where it goes, and what a repeat of the request gets."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from functions.api.routes.uploads import UploadTicket
from shared.documents import UploadState, uploads
from shared.documents.content import PDF
from tests.integration.api.front import Front, Phone, kind, nowhere
from tests.integration.api.repeats import KEY, replayed
from tests.integration.documents.files import LIMITS, TEXT, UPLOADS, asked, claim, described, put, uploaded

Ada = dict[str, str]


async def test_the_promised_bytes_are_taken_and_no_others(phone: Phone, ada: Ada) -> None:
    ticket = await asked(phone, ada, described(TEXT))
    assert ticket.method == "PUT"
    assert 14 * 60 < ticket.expires_at.timestamp() - time.time() < 16 * 60
    assert await put(ticket, TEXT[::-1]) in {400, 403}
    assert await put(ticket, TEXT + b"!") in {400, 403}
    assert await put(ticket, TEXT) == 200


async def test_nothing_of_the_name_is_in_the_key_and_no_url_is_stored(front: Front, phone: Phone, ada: Ada) -> None:
    ticket = await asked(phone, ada, described(TEXT, name="../../etc/passwd; rm"))
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    assert record["key"].startswith("uploads/")
    assert "passwd" not in record["key"] + ticket.url
    assert ticket.id not in ticket.url
    assert "Signature" not in str(record) + str(front.log.lines)
    assert (record["state"], record["name"]) == ("unclaimed", "../../etc/passwd; rm")
    assert record["url_expires_at"] - record["created_at"] == 15 * 60_000


@pytest.mark.parametrize(
    ("change", "status", "problem"),
    [
        ({"content_type": "application/zip"}, 415, "type-not-taken"),
        ({"content_type": "image/png"}, 415, "type-not-taken"),
        ({"size": LIMITS[PDF] + 1}, 413, "file-too-large"),
        ({"size": 0}, 422, "invalid"),
        ({"size": "12"}, 422, "invalid"),
        ({"size": 2**70}, 413, "file-too-large"),
        ({"size": 1.5}, 422, "invalid"),
        ({"size": True}, 422, "invalid"),
        ({"sha256": "00"}, 422, "invalid"),
        ({"sha256": "zz" * 32}, 422, "invalid"),
        ({"content_type": "text/plain; charset=utf-8"}, 422, "invalid"),
        ({"content_type": "text"}, 422, "invalid"),
        ({"content_type": "text/plain\r\nx: y"}, 422, "invalid"),
        ({"name": ""}, 422, "invalid"),
        ({"name": " "}, 422, "invalid"),
        ({"name": "a\nb"}, 422, "invalid"),
        ({"name": "a\x9bb"}, 422, "invalid"),
        ({"name": "a\u2028b"}, 422, "invalid"),
        ({"name": "x" * 256}, 422, "invalid"),
        ({"key": "files/mine"}, 422, "invalid"),
    ],
)
async def test_what_may_not_be_uploaded_is_refused_before_anything_is_kept(
    front: Front, phone: Phone, ada: Ada, *, change: Mapping[str, Any], status: int, problem: str
) -> None:
    answer = await phone.post(UPLOADS, json={**described(TEXT), **change}, headers=ada | KEY)
    assert (answer.status_code, kind(answer)) == (status, problem)
    assert await front.database.uploads.count_documents({}) == 0
    assert (await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)).status_code == 201


async def test_the_largest_is_taken_and_a_type_is_known_in_any_case(phone: Phone, ada: Ada) -> None:
    body = described(TEXT) | {"content_type": "Application/PDF", "size": LIMITS[PDF], "sha256": "AB" * 32}
    assert (await asked(phone, ada, body)).headers["content-type"] == PDF


async def test_a_repeat_names_the_same_upload_with_a_url_that_works(front: Front, phone: Phone, ada: Ada) -> None:
    first = await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)
    long_ago = int(time.time() * 1000) - 3_000_000
    await front.database.uploads.update_one({}, {"$set": {"url_expires_at": long_ago}})
    again = await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)
    assert (again.status_code, replayed(again), again.json()["id"]) == (201, True, first.json()["id"])
    ticket = UploadTicket.model_validate_json(again.content)
    assert await put(ticket, TEXT) == 200
    record = await front.database.uploads.find_one({})
    assert record is not None
    assert record["url_expires_at"] == ticket.expires_at.timestamp() * 1000 > time.time() * 1000 + 800_000
    assert await front.database.uploads.count_documents({}) == 1
    for name in await front.database.list_collection_names():
        assert "X-Amz" not in str([one async for one in front.database[name].find({})])


async def test_a_repeat_signs_nothing_for_what_was_claimed_or_condemned(front: Front, phone: Phone, ada: Ada) -> None:
    """A URL that was signed after that would outlive the record."""
    first = await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)
    assert await put(UploadTicket.model_validate_json(first.content), TEXT) == 200
    await claim(phone, ada, first.json()["id"])
    for state in (UploadState.CLAIMED, UploadState.CONDEMNED):
        await front.database.uploads.update_one({}, {"$set": {"state": state.value}})
        answer = await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)
        assert (answer.status_code, kind(answer)) == (410, "upload-gone")
    await front.database.uploads.delete_many({})
    assert (await phone.post(UPLOADS, json=described(TEXT), headers=ada | KEY)).status_code == 410


async def test_storage_that_is_away_is_not_asked(front: Front, ada: Ada) -> None:
    front.change(storage=nowhere())
    async with front.browser() as browser:
        assert (await browser.post(UPLOADS, json=described(TEXT), headers=ada)).status_code == 201


async def test_uploads_are_limited_by_caller(phone: Phone, ada: Ada, eve: Ada) -> None:
    """Sixty a minute; some more where a minute ends meanwhile."""
    answers = [await phone.post(UPLOADS, json=described(TEXT), headers=ada) for _ in range(125)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert refused
    assert refused[0] not in answers[:60]
    assert {(answer.status_code, kind(answer)) for answer in refused} == {(429, "too-often")}
    assert (await phone.post(UPLOADS, json=described(TEXT), headers=eve)).status_code == 201


async def test_only_what_can_no_longer_be_claimed_is_condemned(front: Front, phone: Phone, ada: Ada) -> None:
    """Case 27: until its URL has expired and an hour after that; never once it is claimed."""
    database = front.database
    ticket = await uploaded(phone, ada)
    assert not await uploads.condemn(database, [ticket.id])
    hour, now = 3_600_000, int(time.time() * 1000)
    await database.uploads.update_one({}, {"$set": {"url_expires_at": now - hour + 60_000}})
    assert not await uploads.condemn(database, [ticket.id])
    await database.uploads.update_one({}, {"$set": {"url_expires_at": now - hour - 1_000}})
    assert await uploads.condemn(database, [ticket.id])
    assert await uploads.condemn(database, [ticket.id]), "a sweep that died goes on"
    assert await uploads.renew(database, ticket.id, owner="") is None
    await database.uploads.update_one({}, {"$set": {"state": "claimed"}})
    assert not await uploads.condemn(database, [ticket.id])
    assert not await uploads.condemn(database, ["unknown"])
