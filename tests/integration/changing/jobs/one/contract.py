"""Version 1: somebody has a name."""

from typing import Final

from pydantic import BaseModel

from shared.contract import Backoff, Contract, FlowControl, Payload, Principal, PublicFace


class AskedGreeting(BaseModel, frozen=True, extra="forbid"):
    name: str
    way: str = "at once"
    """How it goes: `at once`, `stumbling` (its first try fails) or `at length` (three legs)."""


class Greet(Payload):
    name: str
    way: str


def authorize(_: Principal, asked: AskedGreeting) -> Greet:
    return Greet(name=asked.name, way=asked.way)


CONTRACT: Final = Contract(
    name="greet",
    payload=Greet,
    timeout=20,
    deadline=10,
    tries=3,
    backoff=Backoff(first=1, factor=1),
    flow_control=FlowControl(parallelism=1),
    public=PublicFace(AskedGreeting, authorize),
)
