"""What can't be counted is refused where it is written."""

from typing import Any

import pytest

from shared.counters import DAY, Away, Quota, Window
from shared.counters.windows import key


@pytest.mark.parametrize("seconds", [0, -1, 367 * 86_400, 0.5, float("nan")])
def test_a_window_has_bounds(seconds: Any) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(seconds)


@pytest.mark.parametrize("limit", [-1, 2**53, 2.5, float("nan")])
def test_a_limit_has_bounds(limit: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        Quota(name="a", limit=limit, window=DAY, away=Away.CLOSED)


def test_no_two_counts_share_a_key() -> None:
    keys = {key(kind, name, who, DAY) for kind in ("count", "quota") for name, who in [("a", "bc"), ("ab", "c")]}
    assert len(keys) == 4
