"""What of a payload or a result may be shown: with the fields that its contract keeps to itself covered."""

import json
from typing import Any, Final

from shared.contract import Contract

MASK: Final = "***"


def shown(data: str | None, contract: Contract[Any] | None, version: int) -> Any:
    """The JSON of a record, which is of this version.

    Without a contract (a job that is no longer there), or by one that is older, nobody can say what may be shown.
    """
    if data is None:
        return None
    if contract is None or version > contract.version:
        return MASK
    return mask(json.loads(data, parse_constant=lambda _: None), contract.masked)


def mask(value: Any, hidden: frozenset[str]) -> Any:
    """The value with every field of a hidden name covered, however deep it lies."""
    if isinstance(value, dict):
        return {name: MASK if name in hidden else mask(inner, hidden) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner, hidden) for inner in value]
    return value
