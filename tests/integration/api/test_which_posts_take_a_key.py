"""Which POSTs take an Idempotency-Key: every one that creates. A new POST fails here until that is decided."""

from collections.abc import Iterator
from typing import Any, get_args

import httpx
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from functions.api.idempotency import Made, WithKey, once
from functions.api.services import WithServices
from shared.database import Session
from tests.integration.api.front import BASE, Front, Phone
from tests.integration.api.repeats import KEY, KEYS, LINKS, REPORT, SESSIONS

UPLOADS = "/v1/uploads"
REPLAY = "/v1/jobs/{run_id}/replay"
CREATING = {LINKS, SESSIONS, KEYS, REPORT, UPLOADS, REPLAY}
WITHOUT = {
    "/v1/documents": "the upload is the key: claimed twice it is the same document",
    "/v1/jobs/{run_id}/cancel": "creates nothing: asked again it finds the job cancelled",
    "/v1/operations": "what it has acted on has left its filter: asked again it goes on with the rest",
    "/v1/jobs/{job}": "does nothing: 404 to every job that has no public face",
}
CREDENTIALS = {SESSIONS, KEYS}
"""Their answers are told once, and kept nowhere."""


def dependencies(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from dependencies(one)


def takes_a_key(route: APIRoute) -> bool:
    return get_args(WithKey)[1].dependency in dependencies(route.dependant)


async def test_every_post_there_is_takes_a_key_or_says_why_not(front: Front) -> None:
    """Of the routes themselves: one that the OpenAPI document does not show counts as well."""
    app = front.app
    posts = {route.path: takes_a_key(route) for route in app.state.routes if "POST" in (route.methods or ())}
    assert posts == dict.fromkeys(CREATING, True) | dict.fromkeys(WITHOUT, False)
    posted = [route for route in app.routes if "POST" in (getattr(route, "methods", None) or ())]
    strays = [route for route in posted if route not in app.state.routes]
    assert strays == [], "every route is a router's, and so among those"


async def test_every_post_that_takes_a_key_says_so(phone: Phone) -> None:
    document = (await phone.get("/openapi.json")).json()
    posts = {path: one["post"] for path, one in document["paths"].items() if "post" in one}
    for path, one in posts.items():
        said_key = "Idempotency-Key" in {parameter["name"] for parameter in one.get("parameters", [])}
        assert said_key == (path in CREATING), path
    for path in CREATING:
        one = posts[path]
        said = {
            example
            for status in ("400", "409", "422")
            for example in one["responses"][status]["content"]["application/problem+json"]["examples"]
        }
        assert said >= {"idempotency-key-malformed", "idempotency-in-flight", "idempotency-key-reused"}
        assert "Retry-After" in one["responses"]["409"]["headers"]
        if path in CREDENTIALS:
            assert "answer-not-kept" in said
        else:
            made = one["responses"]["201" if path == UPLOADS else "202"]
            assert "Idempotency-Replayed" in made["headers"]


async def test_the_same_key_for_another_thing_of_the_same_route_is_another_key(front: Front) -> None:
    """A repeat is never answered with what became of another thing, whose id stands in the path alone."""

    async def claim(thing: str, services: WithServices, keyed: WithKey) -> dict[str, Any]:
        async def work(_: Session) -> tuple[str, str, str]:
            return thing, thing, "ada"

        done = await once(services, keyed.by("ada"), work)
        return {"of": done.value if isinstance(done, Made) else done.reference, "again": not isinstance(done, Made)}

    app, router = front.app, APIRouter()
    router.add_api_route("/things/{thing}/claim", claim, methods=["POST"])
    app.include_router(router)
    async with Phone(transport=httpx.ASGITransport(app=app), base_url=BASE) as phone:
        for again in (False, True):
            for thing in ("one", "two"):
                answer = await phone.post(f"/things/{thing}/claim", headers=KEY)
                assert answer.json() == {"of": thing, "again": again}
