"""Every endpoint, and who may not use it. Each test goes to all of them, and names one that lets its caller through."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from functions.api.app import create_app
from functions.api.keys import SCOPES
from shared.tokens import token_hash
from tests.integration.api.front import Front, kind
from tests.security.touching.endpoints import (
    ENDPOINTS,
    LEAVING,
    OPEN,
    OPERATOR,
    PEOPLE,
    SESSION,
    Endpoint,
    scopes_without,
)
from tests.security.touching.scene import Everything, Scene, Who
from tests.security.touching.strangers import STRANGERS, token_of

SCOPED = [endpoint for endpoint in ENDPOINTS if endpoint.takes != SESSION]
STARTING = [endpoint for endpoint in ENDPOINTS if endpoint.starts]


def test_every_endpoint_has_its_row(front: Front) -> None:
    """Of the application's own routes, the hidden ones too; a HEAD goes with its GET."""
    app = create_app(front.services)
    routes = [*app.state.routes, *(route for route in app.routes if isinstance(route, Route))]
    there = {(method, route.path_format) for route in routes for method in route.methods or () if method != "HEAD"}
    assert there == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} | OPEN


async def test_its_owner_may(scene: Scene, front: Front) -> None:
    operator = await front.key("operator")
    answered = {
        one.name: (
            await scene.call(one, operator if one.takes == OPERATOR else await _still(scene, one, scene.ada))
        ).status_code
        for one in ENDPOINTS
    }
    assert answered == {endpoint.name: endpoint.owner for endpoint in ENDPOINTS}


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_stranger_may_not(scene: Scene, stranger: str) -> None:
    who = await STRANGERS[stranger](scene)
    before = await scene.everything()
    answered = {endpoint.name: _problem(await scene.call(endpoint, who)) for endpoint in ENDPOINTS}
    assert answered == dict.fromkeys(answered, (401, "unauthenticated"))
    assert await scene.everything() == before


async def test_a_key_without_the_scope_may_not(scene: Scene, front: Front) -> None:
    """It has all the others; only an operator's stands for them."""
    for endpoint in SCOPED:
        who = await front.key(*scopes_without(endpoint.takes))
        before = await scene.everything()
        answer = await scene.call(endpoint, who)
        assert (endpoint.name, *_problem(answer)) == (endpoint.name, 403, "scope")
        assert f'scope="{endpoint.takes}"' in answer.headers["www-authenticate"]
        assert await scene.everything() == before


async def test_a_key_with_no_scope_but_the_one_passes(scene: Scene, front: Front) -> None:
    for endpoint in SCOPED:
        answer = await scene.call(endpoint, await front.key(endpoint.takes))
        assert (endpoint.name, answer.status_code) not in {(endpoint.name, 401), (endpoint.name, 403)}


async def test_a_key_is_no_person_whatever_its_scopes(scene: Scene, front: Front) -> None:
    who = await front.key(*SCOPES)
    before = await scene.everything()
    for endpoint in ENDPOINTS:
        if endpoint.takes == SESSION:
            answer = await scene.call(endpoint, who)
            assert (endpoint.name, *_problem(answer)) == (endpoint.name, 403, "no-session")
    assert await scene.everything() == before


@pytest.mark.parametrize("other", ["a person", "a server"])
async def test_another_touches_nothing_of_hers(scene: Scene, front: Front, other: str) -> None:
    """What another may start is another's own; all that was there before stays as it was."""
    who = await _other(scene, front, other)
    before = await scene.everything()
    for endpoint in ENDPOINTS:
        if other == "a server" and endpoint.takes == SESSION:
            continue
        answer = await scene.call(endpoint, await _still(scene, endpoint, who))
        assert (endpoint.name, answer.status_code) == (endpoint.name, endpoint.other)
        assert (endpoint.name, [hers for hers in scene.secrets if hers in answer.text]) == (endpoint.name, [])
        await _unharmed(scene, before, who)


@pytest.mark.parametrize("endpoint", STARTING, ids=lambda endpoint: endpoint.path)
async def test_work_that_another_starts_is_anothers(scene: Scene, front: Front, endpoint: Endpoint) -> None:
    """The job looks the document up by the owner in its payload, which no caller can name."""
    eve = await front.signed_in(scene.phone, "eve@example.com")
    run = await front.run((await scene.call(endpoint, eve)).json()["job"])
    document = await front.database.documents.find_one({"_id": scene.names["document_id"]})
    assert document is not None
    assert run.owner == json.loads(run.payload)["owner"] != document["owner"]
    named = replace(endpoint, body={**(endpoint.body or {}), "owner": document["owner"]})
    answer = await scene.call(named, eve)
    assert answer.status_code == 422


@pytest.mark.parametrize("other", ["a person", "a server"])
async def test_another_learns_not_even_that_it_is_there(scene: Scene, front: Front, other: str) -> None:
    who = await _other(scene, front, other)
    for endpoint in ENDPOINTS:
        if endpoint.of_one and not (other == "a server" and endpoint.takes == SESSION):
            hers, nowhere = await scene.call(endpoint, who), await scene.about_nothing(endpoint, who)
            assert (endpoint.name, _told(hers)) == (endpoint.name, _told(nowhere))


async def test_not_even_an_operator_touches_files(scene: Scene, front: Front) -> None:
    """Who runs the service sees everybody's jobs, and reads nobody's files through it."""
    who = await front.key(OPERATOR)
    before = await scene.everything()
    for endpoint in ENDPOINTS:
        if endpoint.of_files:
            answer = await scene.call(endpoint, who)
            assert (endpoint.name, answer.status_code) == (endpoint.name, endpoint.other)
            assert (endpoint.name, [hers for hers in scene.secrets if hers in answer.text]) == (endpoint.name, [])
    await _unharmed(scene, before, who)


def _problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, kind(answer) if answer.is_error else ""


def _told(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json() | {"request_id": ""}


async def _other(scene: Scene, front: Front, other: str) -> Who:
    return await front.signed_in(scene.phone, "eve@example.com") if other == "a person" else await front.key(*PEOPLE)


async def _still(scene: Scene, endpoint: Endpoint, who: Who) -> Who:
    """Whoever has signed out comes back as somebody else, to leave."""
    return await scene.front.signed_in(scene.phone, "leaving@example.com") if endpoint.path == LEAVING else who


async def _unharmed(scene: Scene, before: Everything, who: Who) -> None:
    """Each record is as it was, but for the other's own session, which may have been ended."""
    now = await scene.everything()
    for name, records in before.items():
        for key, record in records.items():
            assert now[name].get(key) == record or key == token_hash(token_of(who)), name
