"""What is written in one version of a contract is read the same in another, or is not taken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import Field

from shared.contract import Contract, Payload
from shared.enqueue import new_run
from shared.errors import RetryableError
from shared.runs.editing import NotEditable, edited
from shared.runs.model import Run, State
from shared.work import cursor_of, payload_of


class Price(Payload):
    """Its amount was in cents once, and had no note."""

    amount: int
    colour: str = Field(max_length=5)
    note: str = ""


def upcast(_: int, old: dict[str, Any]) -> dict[str, Any]:
    return {"amount": old["amount"] // 100, "colour": old["colour"]}


def downcast(new: dict[str, Any]) -> dict[str, Any]:
    return {"amount": new["amount"] * 100, "colour": new["colour"]}


PRICE: Final = Contract(
    name="price",
    payload=Price,
    timeout=60,
    deadline=45,
    version=2,
    upcast=upcast,
    downcast=downcast,
    upcast_cursor=lambda _, old: {"page": old},
    downcast_cursor=lambda new: new["page"],
    editable=frozenset({"colour", "note"}),
)
STILL_OLD: Final = replace(PRICE, writes=1)


def run(version: int, payload: str, **fields: Any) -> Run:
    return Run("r", "price", version, "o", State.FAILED, payload, 0, 0, 0, 0, 0, 0, 0, **fields)


@pytest.mark.parametrize("writes", [None, 1, 2])
def test_what_is_written_is_of_the_version_that_it_says(writes: int | None) -> None:
    """Also where the present version is named instead of being left out."""
    contract = replace(PRICE, writes=writes)
    new = new_run(contract, Price(amount=5, colour="red"), owner="o", run_id="r")
    assert contract.faults() == []
    assert payload_of(run(new.version, new.payload), PRICE) == Price(amount=5, colour="red")
    stopped = run(2, new.payload, cursor=contract.encode_cursor({"page": 3}), cursor_version=contract.written)
    assert cursor_of(stopped, PRICE) == {"page": 3}


def test_a_cursor_that_does_not_say_its_version_has_the_payloads() -> None:
    assert cursor_of(run(1, "{}", cursor="3"), PRICE) == {"page": 3}
    assert cursor_of(run(2, "{}", cursor='{"page":3}'), PRICE) == {"page": 3}


def test_a_lifted_payload_is_read_like_one_that_was_written_so() -> None:
    """As JSON: a strict model takes a time or a tuple from that, and from no string or list of Python's."""

    class Strict(Payload, strict=True):
        at: datetime
        tags: tuple[str, ...]

    contract = Contract(name="s", payload=Strict, timeout=60, deadline=45, version=2, upcast=lambda _, old: old)
    payload = Strict(at=datetime(2026, 11, 30, tzinfo=UTC), tags=("a",))
    assert contract.decode(1, payload.model_dump_json()) == payload


@pytest.mark.parametrize("body", ['{"amount":1,"by":0}', '{"amount":1}', '{"amount":"1","by":2}', "[1]", "1e999"])
def test_a_body_that_upcast_stumbles_over_is_of_the_present_version(body: str) -> None:
    contract = replace(PRICE, upcast=lambda _, old: {"amount": old["amount"] // old["by"], "colour": "red"})
    assert contract.version_of(body) == 2


def test_a_body_that_is_valid_in_several_versions_is_of_the_newest() -> None:
    assert PRICE.version_of('{"amount":500,"colour":"red"}') == 2


def test_an_older_payload_that_is_not_valid_is_lifted_before_it_is_edited() -> None:
    """Its amount would be a hundred times as much else."""
    done = edited(run(1, '{"amount":500,"colour":"too long"}'), PRICE, {"colour": "red"})
    assert (done.version, done.payload) == (2, '{"amount":5,"colour":"red","note":""}')


@pytest.mark.parametrize(
    ("contract", "holds", "changes"),
    [
        (PRICE, run(1, '{"colour":"red"}'), {"colour": "blue"}),
        (PRICE, run(3, '{"amount":5,"colour":"red"}'), {"colour": "blue"}),
        (STILL_OLD, run(2, '{"amount":5,"colour":"red"}'), {"note": "in a hurry"}),
    ],
    ids=["it can't be lifted", "it is newer", "what is written would not hold it"],
)
def test_an_edit_that_the_job_would_not_get_is_refused(
    contract: Contract[Any], holds: Run, changes: Mapping[str, Any]
) -> None:
    with pytest.raises(NotEditable):
        edited(holds, contract, changes)


def test_newer_than_its_reader_is_a_run_whose_payload_or_cursor_is() -> None:
    assert [run(1, "{}").newest, run(2, "{}", cursor_version=1).newest, run(1, "{}", cursor_version=3).newest] == [
        1,
        2,
        3,
    ]
    with pytest.raises(RetryableError, match="version 3 is newer than this code's 2"):
        payload_of(run(3, '{"amount":500,"colour":"red"}'), PRICE)
