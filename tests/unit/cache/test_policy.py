"""How long things are good for."""

import math
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cache import Policy


@given(
    fresh=st.floats(0.01, 1e6), stale=st.floats(0, 1e6), absent=st.floats(0.01, 1e6),
    jitter=st.floats(0, 0.99), seed=st.integers(),
)  # fmt: skip
def test_jitter_only_ever_shortens_and_by_no_more_than_its_share(
    fresh: float, stale: float, absent: float, jitter: float, seed: int
) -> None:
    policy, random = Policy(fresh=fresh, stale=stale, absent=absent, jitter=jitter), Random(seed)

    soft, hard = policy.lives(absent=False, random=random)
    assert 1 <= soft <= round(fresh * 1000)
    assert soft >= math.floor(fresh * 1000 * (1 - jitter)) - 1
    assert abs(hard - soft - stale * 1000) <= 1
    assert policy.version_ms > hard

    soft, hard = policy.lives(absent=True, random=random)
    assert 1 <= soft == hard <= round(absent * 1000)
    assert policy.version_ms > hard


def test_two_values_stored_at_once_end_at_different_times() -> None:
    policy, random = Policy(fresh=60), Random(1)
    assert len({policy.lives(absent=False, random=random) for _ in range(20)}) > 10


def test_absence_is_not_kept_unless_a_policy_says_so() -> None:
    assert Policy(fresh=60).lives(absent=True, random=Random(1)) == (0, 0)


@given(st.integers())
def test_values_are_due_early_by_a_time_that_is_never_negative(seed: int) -> None:
    assert 0 <= Policy(fresh=60).gap(Random(seed)) < math.inf


def test_early_by_the_computations_duration_on_average() -> None:
    random = Random(1)
    gaps = [Policy(fresh=60, eagerness=2).gap(random) for _ in range(5000)]
    assert 1.9 < sum(gaps) / len(gaps) < 2.1
    assert Policy(fresh=60, eagerness=0).gap(random) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"fresh": 0}, {"fresh": -1}, {"lease": 0}, {"stale": -1}, {"absent": -1}, {"wait": -1}, {"memo": -1},
     {"eagerness": -1}, {"jitter": 1}, {"jitter": -0.1}],
)  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"times|fresh|share"):
        Policy(**{"fresh": 60, **wrong})
