"""A signed URL lets in one object's own bytes, or gives one object, for minutes. On a real S3 server, with each
provider's settings in turn; at the end, that those of the API are such.
"""

import asyncio
import hashlib
from datetime import timedelta
from typing import Final

import httpx
import pytest

from functions.api import download
from shared.clock import new_token
from shared.storage import Storage
from tests.integration.documents.files import TEXT, asked, claim, described, fetched, put
from tests.security.touching.calls import BODY, ON_GET, ON_PUT, STATUS, Call
from tests.security.touching.endpoints import ENDPOINTS
from tests.security.touching.scene import Scene

KIND: Final = "text/plain"
MINUTES: Final = timedelta(minutes=5)
BRIEF: Final = timedelta(seconds=1)
THEIRS: Final = b"another's"
DOWNLOADS: Final = [endpoint.path for endpoint in ENDPOINTS if endpoint.path.endswith("/download")]


@pytest.fixture
async def other(storage: Storage) -> str:
    key = f"documents/{new_token()}"
    assert await storage.create(key, THEIRS, content_type=KIND)
    return key


def to_put(storage: Storage, other: str, expires: timedelta = MINUTES) -> Call:
    key = f"uploads/{new_token()}"
    digest = hashlib.sha256(BODY).hexdigest()
    signed = storage.presign_put(key, content_type=KIND, size=len(BODY), sha256=digest, expires=expires)
    return Call("PUT", signed.url, signed.headers, BODY, key, other)


async def to_get(storage: Storage, other: str, expires: timedelta = MINUTES) -> Call:
    key = f"documents/{new_token()}"
    assert await storage.create(key, BODY, content_type=KIND)
    url = storage.presign_get(key, disposition="attachment", content_type=KIND, expires=expires)
    return Call("GET", url, {}, b"", key, other)


def status(answer: httpx.Response) -> int:
    """With nothing of anybody's in the answer, whatever it is."""
    assert BODY not in answer.content
    assert THEIRS not in answer.content
    return answer.status_code


async def test_what_was_signed_is_taken_and_given(storage: Storage, other: str) -> None:
    assert to_put(storage, other).send().status_code == 200
    answer = (await to_get(storage, other)).send()
    assert (answer.status_code, answer.content) == (200, BODY)


async def test_a_url_to_put_takes_nothing_else(storage: Storage, other: str) -> None:
    call = to_put(storage, other)
    answered = {attack: status(change(call).send()) for attack, change in ON_PUT.items()}
    assert answered == {attack: STATUS.get(attack, 403) for attack in ON_PUT}
    assert [page async for page in storage.list(call.key)] == []
    assert await storage.first(other, 100) == THEIRS


async def test_a_url_to_get_gives_nothing_else(storage: Storage, other: str) -> None:
    call = await to_get(storage, other)
    answered = {attack: status(change(call).send()) for attack, change in ON_GET.items()}
    assert answered == {attack: STATUS.get(attack, 403) for attack in ON_GET}
    assert (await storage.first(call.key, 10_000), await storage.first(other, 100)) == (BODY, THEIRS)


async def test_an_expired_url_takes_and_gives_nothing(storage: Storage, other: str) -> None:
    put, get = to_put(storage, other, BRIEF), await to_get(storage, other, BRIEF)
    await asyncio.sleep(2.5)  # the store's clock is not ours to move
    assert (status(put.send()), status(get.send())) == (403, 403)
    assert [page async for page in storage.list(put.key)] == []


async def test_the_api_s_urls_expire(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LIVES", BRIEF)
    scene.front.change(urls_live=BRIEF)
    async with scene.front.browser() as phone:
        ticket = await asked(phone, scene.ada, described(TEXT))
    links = [await scene.link(path) for path in DOWNLOADS]
    await asyncio.sleep(2.5)
    assert await put(ticket, TEXT) == 403
    assert [(await fetched(link)).status_code for link in links] == [403] * len(DOWNLOADS)


async def test_what_came_with_the_bytes_unsigned_does_not_go_with_the_document(scene: Scene) -> None:
    """How a browser would take the file is ours to say, not the uploader's."""
    ticket = await asked(scene.phone, scene.ada, described(TEXT))
    unsigned = {"content-disposition": "inline", "content-encoding": "gzip", "cache-control": "max-age=9"}
    told = ticket.model_copy(update={"headers": ticket.headers | unsigned})
    assert await put(told, TEXT) == 200
    document = (await claim(scene.phone, scene.ada, ticket.id)).json()["id"]
    answer = await fetched(await scene.link(f"/v1/documents/{document}/download"))
    assert (answer.status_code, answer.content) == (200, TEXT)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert not {"content-encoding", "cache-control"} & set(answer.headers)
