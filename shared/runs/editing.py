"""A payload as a person changes it before a replay: the fields that the job's contract lets go of, and no others.

What a server stamps (an owner, a recipient, a key, an address) opens something to whoever can choose it, and an
operator is no exception: their key may be stolen, and `send_email` with a recipient of one's own is an open relay
(case 31). So a contract names what a person may change (`editable`), and everything else stays as it was.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from shared.contract import UNLIFTABLE, Contract, Payload
from shared.errors import MalformedMessage, RetryableError
from shared.runs.masking import MASK
from shared.runs.model import Run
from shared.told import wrong_fields
from shared.work import payload_of


@dataclass(frozen=True, slots=True)
class Edited:
    """`payload` is JSON; `fields` are the names of those that have another value now, as `options.colour`."""

    payload: str
    version: int
    fields: tuple[str, ...]


class NotEditable(Exception):
    """`why` names fields of the contract, and never a value."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def edited(run: Run, contract: Contract[Any], changes: Mapping[str, Any]) -> Edited:
    """The run's payload with `changes` in it: fields that are not named stay. Raises NotEditable."""
    before = _before(run, contract)
    whole = before.model_dump(mode="json") if before else _raw(run, contract)
    refused = changes.keys() - contract.editable
    if stamped := sorted(refused & contract.payload.model_fields.keys()):
        raise NotEditable(f"{', '.join(stamped)}: not for anybody to change")
    if refused:
        raise NotEditable("it has a field that the job does not know")
    if _holds_a_mask(changes, contract.masked):
        raise NotEditable(f"{MASK} stands for a value that is not shown: leave the field out, or say its new value")
    after = _validated(contract, whole | dict(changes))
    fields = tuple(_changed(before, after)) if before else tuple(sorted(changes))
    return Edited(contract.encode(after), contract.written, fields)


def _before(run: Run, contract: Contract[Any]) -> Payload | None:
    """None for one that the contract does not take: that may be why the run has failed."""
    try:
        return payload_of(run, contract)
    except MalformedMessage:
        return None
    except RetryableError as error:
        raise NotEditable(error.message) from None
    except UNLIFTABLE:
        raise NotEditable(f"nothing lifts what it holds from version {run.version}") from None


def _raw(run: Run, contract: Contract[Any]) -> dict[str, Any]:
    """Lifted all the same: in another version a field of the same name may mean something else."""
    held = contract.lift(run.version, run.payload)
    return cast("dict[str, Any]", held) if isinstance(held, dict) else {}


def _validated(contract: Contract[Any], data: Mapping[str, Any]) -> Payload:
    """Whatever is accepted reads the same when the job gets it."""
    try:
        payload: Payload = contract.payload.model_validate_json(json.dumps(data))
        same = contract.reads_the_same(payload)
    except ValidationError as error:
        raise NotEditable(f"the job does not take it: {wrong_fields(error)}") from None
    except (PydanticSerializationError, RecursionError):
        same = False
    if not same:
        raise NotEditable("the job does not take it")
    return payload


def _holds_a_mask(value: object, masked: frozenset[str]) -> bool:
    if isinstance(value, Mapping):
        return any((name in masked and inner == MASK) or _holds_a_mask(inner, masked) for name, inner in value.items())
    return isinstance(value, list) and any(_holds_a_mask(inner, masked) for inner in value)


def _changed(before: BaseModel, after: BaseModel, path: str = "") -> Iterator[str]:
    """Names as the models have them: the key of a map is somebody's word."""
    if type(before) is not type(after):
        yield path.removesuffix(".")
        return
    for name in type(after).model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if isinstance(was, BaseModel) and isinstance(now, BaseModel):
            yield from _changed(was, now, f"{path}{name}.")
        elif was != now:
            yield f"{path}{name}"
