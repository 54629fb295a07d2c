"""Who calls in a story: an operator with a key, and what the API tells them while everything is up."""

from secrets import token_hex
from typing import Any, Final

from functions.api.keys import create_key
from shared.clock import World
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
