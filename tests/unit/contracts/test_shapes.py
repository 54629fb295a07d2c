"""The shape of each version of each payload stands in shapes.json, so that none changes under the same number."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import pytest

from functions.registry import contracts
from shared.contract import Contract, Payload

HELD: Final[dict[str, dict[str, str]]] = json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8"))
ADVICE: Final = "docs/changing.md says how a payload changes; shapes.json would say"


def bare(schema: Any) -> Any:
    """Without the words for people; a field that is called so has a schema and no text."""
    if isinstance(schema, dict):
        words = {name for name in ("title", "description") if isinstance(schema.get(name), str)}
        return {name: bare(part) for name, part in schema.items() if name not in words}
    return [bare(part) for part in schema] if isinstance(schema, list) else schema


def shape(contract: Contract[Any]) -> str:
    """Of the present version: twelve digits that tell it from another."""
    schema = bare(contract.payload.model_json_schema())
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:12]


JOBS: Final = sorted(name for name, contract in contracts().items() if not contract.singleton)
"""Crons carry nothing."""


@pytest.mark.parametrize("job", JOBS)
def test_a_payload_of_another_shape_has_another_version(job: str) -> None:
    """Payloads refuse unknown fields: an old worker would fail a run for good that it should have waited with."""
    contract = contracts()[job]
    entry = {str(contract.version): shape(contract)}
    assert HELD.get(job, {}).items() >= entry.items(), f"{job}: {ADVICE} {json.dumps(entry)}"


def test_one_more_optional_field_is_another_shape_and_another_docstring_is_not() -> None:
    class Ask(Payload):
        """One."""

        text: str

    class Asked(Payload):
        """Two."""

        text: str

    class AskedMore(Payload):
        text: str
        loud: bool = False

    one, two, more = (
        shape(Contract(name="ask", payload=payload, timeout=60, deadline=45)) for payload in (Ask, Asked, AskedMore)
    )
    assert one == two != more
