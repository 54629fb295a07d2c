"""What of a payload or a result may be shown: with the fields that its contract keeps to itself covered."""

import json
from typing import Any, Final

from shared.contract import Contract

MASK: Final = "***"


def shown(data: str | None, contract: Contract[Any] | None) -> Any:
    """The JSON of a record. Without a contract (a job that is no longer there) nobody can say what may be shown."""
    if data is None:
        return None
    return mask(json.loads(data, parse_constant=lambda _: None), contract.masked) if contract else MASK


def mask(value: Any, hidden: frozenset[str]) -> Any:
    """The value with every field of a hidden name covered, however deep it lies."""
    if isinstance(value, dict):
        return {name: MASK if name in hidden else mask(inner, hidden) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner, hidden) for inner in value]
    return value
