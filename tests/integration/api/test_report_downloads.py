"""Fetching a report: by its owner alone, by a URL that lasts for minutes and opens nothing else."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from functions.api import download
from shared import reports
from shared.clock import new_token
from shared.reports import Draft, ReportFile, key_of
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.as_told import as_told
from tests.support.open_storage import open_storage

PDF = b"%PDF-1.7 of Ada's"
Headers = dict[str, str]


@pytest.fixture
def bucket(objects: Objects) -> Iterator[Storage]:
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
async def front(front: Front, bucket: Storage) -> Front:
    front.change(storage=bucket)
    front.looks.append(as_told(front.document))
    return front


@pytest.fixture
async def ada(front: Front, phone: Phone) -> Headers:
    return await front.signed_in(phone, "ada@example.com")


@pytest.fixture
async def report(front: Front, ada: Headers) -> str:
    return await kept(front)


async def kept(front: Front, *, made: bool = True) -> str:
    """A report of Ada's."""
    user = await front.database.users.find_one({"email": "ada@example.com"})
    assert user is not None
    draft = Draft(user["_id"], "table", "Ποίηση", "Ποίηση.pdf", "{}")
    begun = await reports.begin(front.database, new_token(), draft, created_at=1)
    await front.services.storage.create(begun.key, PDF, content_type="application/pdf")
    if made:
        await reports.finish(front.database, begun.id, ReportFile(len(PDF), 1, "00"))
    return begun.id


def at(report: str) -> str:
    return f"/v1/reports/{report}/download"


async def fetched(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        return await browser.get(url)


async def test_its_owner_gets_a_url_that_gives_the_pdf(phone: Phone, ada: Headers, report: str) -> None:
    answer = await phone.get(at(report), headers=ada)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    lives = datetime.fromisoformat(answer.json()["expires_at"]).timestamp() - time.time()
    assert 60 < lives <= download.LIVES.total_seconds()
    file = await fetched(answer.json()["url"])
    assert (file.status_code, file.content, file.headers["content-type"]) == (200, PDF, "application/pdf")
    assert file.headers["content-disposition"].startswith('attachment; filename="')


async def test_a_report_that_is_not_made_yet_is_not_there(front: Front, phone: Phone, ada: Headers) -> None:
    answer = await phone.get(at(await kept(front, made=False)), headers=ada)
    assert (answer.status_code, kind(answer)) == (404, "blank")


@pytest.mark.parametrize("who", ["eve", "a server", "an operator"])
async def test_another_may_not_and_learns_nothing(
    front: Front, phone: Phone, laptop: Phone, report: str, who: str
) -> None:
    if who == "eve":
        headers = await front.signed_in(laptop, "eve@example.com")
    else:
        headers = await front.key("documents:read" if who == "a server" else "operator")
    answer, nowhere = [await phone.get(at(one), headers=headers) for one in (report, "nothing")]
    assert (answer.status_code, kind(answer)) == (404, "blank")
    assert nowhere.json() | {"request_id": ""} == answer.json() | {"request_id": ""}


@pytest.mark.parametrize("bearer", [None, "ms_x", "mr_x"])
async def test_nobody_may(phone: Phone, report: str, bearer: str | None) -> None:
    answer = await phone.get(at(report), headers={} if bearer is None else {"Authorization": f"Bearer {bearer}"})
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")


async def test_who_has_signed_out_may_not(front: Front, laptop: Phone, report: str) -> None:
    there = await front.signed_in(laptop, "ada@example.com")
    assert (await laptop.get(at(report), headers=there)).status_code == 200
    assert (await laptop.delete("/v1/auth/sessions/current", headers=there)).status_code == 204
    assert (await laptop.get(at(report), headers=there)).status_code == 401


async def test_a_key_without_the_scope_may_not(front: Front, phone: Phone, report: str) -> None:
    answer = await phone.get(at(report), headers=await front.key("jobs:read", "jobs:write", "documents:write"))
    assert (answer.status_code, kind(answer)) == (403, "scope")
    assert 'scope="documents:read"' in answer.headers["www-authenticate"]


async def test_a_url_ends_and_opens_no_other_report(
    front: Front, phone: Phone, ada: Headers, report: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await phone.get(at(report), headers=ada)).json()["url"]
    other = await kept(front)
    assert (await fetched(url.replace(key_of(report), key_of(other)))).status_code == 403
    assert (await fetched(url.partition("?")[0])).status_code == 403
    monkeypatch.setattr(download, "LIVES", timedelta(seconds=1))
    short = (await phone.get(at(report), headers=ada)).json()["url"]
    await asyncio.sleep(2.5)
    assert (await fetched(short)).status_code == 403


async def test_downloads_are_limited_and_say_so(phone: Phone, ada: Headers, report: str) -> None:
    answer = await phone.get(at(report), headers=ada)
    assert answer.headers["ratelimit-policy"] == '"report-downloads-caller";q=240;w=60'
    assert answer.headers["ratelimit"].startswith('"report-downloads-caller";r=239;')
