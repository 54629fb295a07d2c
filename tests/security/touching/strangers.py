"""Callers whose credentials open nothing: none, made up, or no longer good. Those of the last kind were good once."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from functions.api.keys import SCOPES
from shared.tokens import token_hash
from tests.security.touching.scene import Scene, Who


def bearer(token: str) -> Who:
    return {"Authorization": f"Bearer {token}"}


def token_of(who: Mapping[str, str]) -> str:
    return who["Authorization"].removeprefix("Bearer ")


def made_up(authorization: str) -> Callable[[Scene], Awaitable[Who]]:
    async def caller(_: Scene) -> Who:
        return {"Authorization": authorization}

    return caller


async def nobody(_: Scene) -> Who:
    return {}


async def with_another_scheme(scene: Scene) -> Who:
    return {"Authorization": f"Basic {token_of(scene.ada)}"}


async def with_what_the_store_holds(scene: Scene) -> Who:
    """As who has read the database: a hash, which opens nothing."""
    return bearer(token_hash(token_of(scene.ada)))


async def with_the_store_s_hash_as_a_session(scene: Scene) -> Who:
    return bearer(f"ms_{token_hash(token_of(scene.ada))}")


async def with_the_store_s_hash_as_a_key(scene: Scene) -> Who:
    return bearer(f"mr_{token_hash(token_of(await scene.front.key(*SCOPES)))}")


async def with_an_id_of_a_session(scene: Scene) -> Who:
    """Ids are shown, tokens are not."""
    return bearer(f"ms_{scene.names['session_id']}")


async def signed_out(scene: Scene) -> Who:
    who = await scene.front.signed_in(scene.phone, "ada@example.com")
    answer = await scene.phone.delete("/v1/auth/sessions/current", headers=who)
    assert answer.status_code == 204
    return who


async def ended_from_elsewhere(scene: Scene) -> Who:
    who = await scene.front.signed_in(scene.phone, "ada@example.com")
    mine = (await scene.phone.get("/v1/auth/sessions", headers=who)).json()["items"]
    current = next(one["id"] for one in mine if one["current"])
    assert (await scene.phone.delete(f"/v1/auth/sessions/{current}", headers=scene.ada)).status_code == 204
    return who


async def expired(scene: Scene) -> Who:
    """A moment ago; its record is still there."""
    who = await scene.front.signed_in(scene.phone, "ada@example.com")
    record: dict[str, Any] = {"_id": token_hash(token_of(who))}
    over = {"$set": {"ends": int(time.time() * 1000) - 1}}
    assert (await scene.front.database.sessions.update_one(record, over)).modified_count == 1
    return who


async def with_a_revoked_key(scene: Scene) -> Who:
    operator = await scene.front.key("operator")
    asked = {"name": "billing", "scopes": list(SCOPES)}
    made = (await scene.phone.post("/v1/api-keys", json=asked, headers=operator)).json()
    assert (await scene.phone.delete(f"/v1/api-keys/{made['id']}", headers=operator)).status_code == 204
    return bearer(made["key"])


STRANGERS: Final[Mapping[str, Callable[[Scene], Awaitable[Who]]]] = {
    "nobody": nobody,
    "an empty bearer": made_up("Bearer "),
    "a made-up session": made_up("Bearer ms_x"),
    "a made-up key": made_up("Bearer mr_x"),
    "neither of both": made_up("Bearer x"),
    "another scheme": with_another_scheme,
    "what the store holds": with_what_the_store_holds,
    "what the store holds, as a session": with_the_store_s_hash_as_a_session,
    "what the store holds, as a key": with_the_store_s_hash_as_a_key,
    "an id of a session": with_an_id_of_a_session,
    "a session signed out": signed_out,
    "a session ended from elsewhere": ended_from_elsewhere,
    "a session that has expired": expired,
    "a revoked key": with_a_revoked_key,
}
