"""What a contract promises must be possible, and its waits the same at QStash as here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.qstash.expression import evaluate
from shared.contract import Backoff, Contract, Payload

SOUND = Contract(name="say", payload=Payload, timeout=30, deadline=20)


def test_a_sound_contract_has_no_faults() -> None:
    assert SOUND.faults() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"deadline": 25}, "deadline 25 s + margin 5 s is not under timeout 30 s"),
        ({"deadline": 40}, "deadline 40 s + margin 5 s is not under timeout 30 s"),
        ({"effects_live": timedelta(minutes=5)}, "longer than its effects are remembered (0:05:00)"),
        ({"max_age": timedelta(minutes=5)}, "longer than the run may live (0:05:00)"),
        ({"timeout": 901}, "a Lambda ends after 15 minutes"),
        ({"version": 2}, "version 2 has no upcast"),
        ({"singleton": True, "accepts_plain": True}, "a cron needs no plain payload"),
    ],
)
def test_each_broken_promise_is_one_fault_that_names_it(change: dict[str, Any], fault: str) -> None:
    (found,) = replace(SOUND, **change).faults()
    assert fault in found


@pytest.mark.parametrize(
    "change",
    [
        {"deadline": 24.9},
        {"singleton": True, "max_age": timedelta(0)},
        {"version": 2, "upcast": lambda _, payload: payload},
        {"timeout": 900},
    ],
)
def test_what_is_just_possible_is_no_fault(change: dict[str, Any]) -> None:
    assert replace(SOUND, **change).faults() == []


def test_the_span_is_every_wait_and_every_try_at_its_longest() -> None:
    contract = replace(SOUND, tries=4, backoff=Backoff(first=10, factor=5, cap=100))
    assert contract.span == timedelta(seconds=(10 + 50 + 100) + 4 * 30)
    assert replace(contract, effects_live=contract.span).faults() == []
    assert len(replace(contract, effects_live=contract.span - timedelta(seconds=1)).faults()) == 1


@given(
    first=st.integers(1, 3600),
    factor=st.sampled_from([1, 1.5, 2, 2.25, 3, 5, 10]),
    cap=st.integers(1, 86_400),
    retried=st.integers(0, 20),
)
def test_qstash_waits_as_the_contract_does(first: int, factor: float, cap: int, retried: int) -> None:
    """The expression is for a delivery that could not answer; both must mean the same."""
    backoff = Backoff(first, factor, cap)
    assert evaluate(backoff.expression, retried=retried) == pytest.approx(backoff.wait(retried) * 1000, rel=1e-9)


LONG = [Backoff(1, 1.0000123, 5), Backoff(0.0004, 10, 100), Backoff(1, 1234567.891, 1e22), Backoff(1, 1e-7, 5)]
"""Waits whose digits are many, or whose exponent Python would write out."""


@pytest.mark.parametrize("backoff", [*(Backoff(), Backoff(0.5, 2, 30), Backoff(1, 1.1, 5), Backoff(10, 5, 1e7)), *LONG])
@pytest.mark.parametrize("retried", range(8))
def test_so_do_waits_of_odd_sizes(backoff: Backoff, retried: int) -> None:
    assert evaluate(backoff.expression, retried=retried) == pytest.approx(backoff.wait(retried) * 1000, rel=1e-9)


def test_a_lease_outlives_its_invocation_or_is_three_beats() -> None:
    assert SOUND.lease(30) == 40
    assert replace(SOUND, heartbeat=20).lease(800) == 60
