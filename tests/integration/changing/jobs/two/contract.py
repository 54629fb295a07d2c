"""Version 2: a given name and a family name, and a cursor that says what it counts."""

from typing import Any, Final

from pydantic import BaseModel

from shared.contract import Backoff, Contract, FlowControl, Payload, Principal, PublicFace


class AskedGreeting(BaseModel, frozen=True, extra="forbid"):
    """What callers send has stayed as it was: they are changed in their own time."""

    name: str
    way: str = "at once"


class Greet(Payload):
    given: str
    family: str
    way: str


def upcast(_: int, old: dict[str, Any]) -> dict[str, Any]:
    given, _, family = old["name"].partition(" ")
    return {"given": given, "family": family, "way": old["way"]}


def downcast(new: dict[str, Any]) -> dict[str, Any]:
    return {"name": f"{new['given']} {new['family']}", "way": new["way"]}


def upcast_cursor(_: int, old: int) -> dict[str, int]:
    return {"legs": old}


def downcast_cursor(new: dict[str, int]) -> int:
    return new["legs"]


def authorize(_: Principal, asked: AskedGreeting) -> Greet:
    return Greet.model_validate(upcast(1, asked.model_dump()))


CONTRACT: Final = Contract(
    name="greet",
    payload=Greet,
    timeout=20,
    deadline=10,
    tries=3,
    backoff=Backoff(first=1, factor=1),
    version=2,
    upcast=upcast,
    upcast_cursor=upcast_cursor,
    downcast=downcast,
    downcast_cursor=downcast_cursor,
    flow_control=FlowControl(parallelism=1),
    public=PublicFace(AskedGreeting, authorize),
)
