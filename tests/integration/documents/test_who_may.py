"""Every endpoint of files, and who may not use it: nobody, another, a revoked session, a key without the scope, and
whoever holds a URL that has expired or is another file's.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions.api.app import create_app
from functions.api.routes import documents as routes
from shared.documents import uploads
from shared.storage import Storage
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.files import DOCUMENTS, TEXT, UPLOADS, asked, described, fetched, kept, put, uploaded

Ada = dict[str, str]


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    scope: str
    status: int
    """What its owner is answered."""
    body: Mapping[str, Any] | None = None


ENDPOINTS: Mapping[str, Door] = {
    "ask": Door("POST", UPLOADS, "documents:write", 201, described(TEXT)),
    "claim": Door("POST", DOCUMENTS, "documents:write", 201, {"upload": "{upload}"}),
    "list": Door("GET", DOCUMENTS, "documents:read", 200),
    "read": Door("GET", f"{DOCUMENTS}/{{document}}", "documents:read", 200),
    "change": Door("PATCH", f"{DOCUMENTS}/{{document}}", "documents:write", 200, {"title": "mine now"}),
    "delete": Door("DELETE", f"{DOCUMENTS}/{{document}}", "documents:write", 204),
    "download": Door("GET", f"{DOCUMENTS}/{{document}}/download", "documents:read", 200),
}
OTHER_SCOPES = {"documents:read": "documents:write", "documents:write": "documents:read"}


@dataclass(frozen=True)
class Scene:
    phone: Phone
    upload: str
    document: str

    async def call(self, door: Door, who: Mapping[str, str]) -> httpx.Response:
        names = {"upload": self.upload, "document": self.document}
        path = door.path.format(**names)
        body = door.body and {name: names.get(str(value).strip("{}"), value) for name, value in door.body.items()}
        return await self.phone.request(door.method, path, json=body, headers={**who, "If-Match": "*"})


@pytest.fixture
async def scene(phone: Phone, ada: Ada) -> Scene:
    """A document of Ada's, and an upload of hers that waits to be claimed."""
    document = await kept(phone, ada, title="Ada's")
    return Scene(phone, (await uploaded(phone, ada)).id, document["id"])


@pytest.fixture(params=ENDPOINTS)
def door(request: pytest.FixtureRequest) -> Door:
    return ENDPOINTS[request.param]


async def unharmed(scene: Scene, front: Front, ada: Ada) -> None:
    seen = (await scene.phone.get(f"{DOCUMENTS}/{scene.document}", headers=ada)).json()
    assert (seen["title"], seen["version"]) == ("Ada's", 1)
    assert await front.database.documents.count_documents({}) == 1
    assert await front.database.uploads.count_documents({"state": "unclaimed"}) == 1


def test_every_endpoint_is_in_the_matrix(front: Front) -> None:
    there = {
        (method, route.path)
        for route in create_app(front.services).state.routes
        if route.path.startswith((UPLOADS, DOCUMENTS))
        for method in route.methods
    }
    assert there == {(one.method, one.path.replace("{document}", "{document_id}")) for one in ENDPOINTS.values()}


async def test_its_owner_may(scene: Scene, ada: Ada, door: Door) -> None:
    assert (await scene.call(door, ada)).status_code == door.status


@pytest.mark.parametrize("bearer", [None, "", "ms_x", "mr_x", "x"])
async def test_nobody_may(scene: Scene, front: Front, ada: Ada, door: Door, bearer: str | None) -> None:
    answer = await scene.call(door, {} if bearer is None else {"Authorization": f"Bearer {bearer}"})
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")
    await unharmed(scene, front, ada)


@pytest.mark.parametrize("who", ["eve", "a server", "an operator"])
async def test_another_may_not_and_learns_nothing(
    scene: Scene, front: Front, ada: Ada, eve: Ada, *, door: Door, who: str
) -> None:
    """Not even an operator: who runs the service reads nobody's files through it."""
    others = {"eve": eve, "a server": await front.key("documents:read", "documents:write")}
    answer = await scene.call(door, others.get(who) or await front.key("operator"))
    if door is ENDPOINTS["ask"]:
        assert answer.status_code == 201
        await front.database.uploads.delete_one({"_id": answer.json()["id"]})
    elif door is ENDPOINTS["list"]:
        assert answer.json() == {"items": [], "next": None}
    else:
        assert (answer.status_code, kind(answer)) == (404, "blank")
        nowhere = await Scene(scene.phone, "nothing", "nothing").call(door, eve)
        assert nowhere.json() | {"request_id": ""} == answer.json() | {"request_id": ""}
    await unharmed(scene, front, ada)


async def test_who_has_signed_out_may_not(scene: Scene, front: Front, ada: Ada, door: Door) -> None:
    async with front.browser() as laptop:
        there = await front.signed_in(laptop, "ada@example.com")
        assert (await laptop.delete("/v1/auth/sessions/current", headers=there)).status_code == 204
    answer = await scene.call(door, there)
    assert (answer.status_code, kind(answer)) == (401, "unauthenticated")
    await unharmed(scene, front, ada)


async def test_a_key_without_the_scope_may_not_and_one_with_it_passes(
    scene: Scene, front: Front, ada: Ada, door: Door
) -> None:
    without = await front.key("jobs:read", "jobs:write", OTHER_SCOPES[door.scope])
    answer = await scene.call(door, without)
    assert (answer.status_code, kind(answer)) == (403, "scope")
    assert f'scope="{door.scope}"' in answer.headers["www-authenticate"]
    await unharmed(scene, front, ada)
    assert (await scene.call(door, await front.key(door.scope))).status_code not in {401, 403}


async def test_a_url_that_has_expired_puts_and_gives_nothing(
    scene: Scene, bucket: Storage, ada: Ada, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "URL_LIVES", timedelta(seconds=1))
    monkeypatch.setattr(routes, "DOWNLOAD_LIVES", timedelta(seconds=1))
    ticket = await asked(scene.phone, ada, described(TEXT))
    link = (await scene.call(ENDPOINTS["download"], ada)).json()["url"]
    await asyncio.sleep(2.5)
    assert await put(ticket, TEXT) == 403
    assert (await fetched(link)).status_code == 403


async def test_a_url_of_one_file_opens_no_other(scene: Scene, front: Front, ada: Ada) -> None:
    mine = await front.database.documents.find_one({"_id": scene.document})
    other = await kept(scene.phone, ada)
    theirs = await front.database.documents.find_one({"_id": other["id"]})
    assert mine is not None
    assert theirs is not None
    link = (await scene.call(ENDPOINTS["download"], ada)).json()["url"]
    assert (await fetched(link)).status_code == 200
    assert (await fetched(link.replace(mine["file"]["key"], theirs["file"]["key"]))).status_code == 403
    assert (await fetched(link.partition("?")[0])).status_code == 403
    ticket = await asked(scene.phone, ada, described(TEXT))
    record = await front.database.uploads.find_one({"_id": ticket.id})
    assert record is not None
    moved = ticket.model_copy(update={"url": ticket.url.replace(record["key"], theirs["file"]["key"])})
    assert await put(moved, TEXT) == 403
