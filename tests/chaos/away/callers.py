"""Who calls in a story: an operator with a key, a person, and what the API tells them while everything is up."""

from secrets import token_hex
from typing import Any, Final

from functions.api.keys import create_key
from shared.clock import World
from shared.config import TokenSettings
from shared.runs.model import Run
from shared.tokens import key_ring
from tests.chaos.away.scene import Call, Scene

OPERATOR: Final = ("operator", "jobs:read", "jobs:write")


def address() -> str:
    return f"{token_hex(6)}@example.com"


def answered(scene: Scene, call: Call) -> Any:
    told = scene.call(call)
    assert told.status == call.usual, f"with everything up it was {told.status}: {told.text}"
    return told.json()


def key(scene: Scene) -> tuple[str, str]:
    """An operator's key and its id."""
    made = scene.outside.run(create_key(scene.database, name="test", scopes=OPERATOR, by="test", world=World()))
    return made.key, made.id


def accepted(scene: Scene) -> tuple[Run, str]:
    """A run that QStash has, as a person's request has left it, and the cookie of who asked."""
    told = scene.call(scene.request("POST", "/v1/auth/magic-links", 202, {"email": address()}))
    assert told.status == 202, told.text
    return scene.run(told.json()["job"]), told.cookies[0].partition(";")[0]


def exchange(scene: Scene) -> Call:
    run, cookie = accepted(scene)
    ring = key_ring(
        TokenSettings.model_validate(
            {"stage": "local", "token_keys": scene.functions["api"].spec.environment["TOKEN_KEYS"]}
        )
    )
    return scene.request("POST", "/v1/auth/sessions", 201, {"token": ring.token(ring.current, run.id)}, cookie=cookie)


def session(scene: Scene) -> str:
    return str(answered(scene, exchange(scene))["token"])
