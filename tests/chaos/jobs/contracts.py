"""Jobs made for the tests of the crash fixture."""

from datetime import timedelta
from typing import Any, Final

from shared.contract import Backoff, Contract, Payload


class Errand(Payload):
    tag: str


class Note(Payload):
    of: str
    """What its effect counts for."""


def _contract(name: str, payload: type[Payload], *, heartbeat: float | None = None) -> Contract[Any]:
    return Contract(
        name=name,
        payload=payload,
        timeout=30,
        deadline=20,
        tries=8,
        backoff=Backoff(first=1, factor=2, cap=10),
        max_age=timedelta(days=1),
        heartbeat=heartbeat,
    )


ERRAND: Final = _contract("errand", Errand)
NOTE: Final = _contract("note", Note)
CARELESS: Final = _contract("careless", Errand)
VIGIL: Final = _contract("vigil", Errand, heartbeat=1)
LEGS: Final = _contract("legs", Errand)
CONTRACTS: Final = {contract.name: contract for contract in (ERRAND, NOTE, CARELESS, VIGIL, LEGS)}
