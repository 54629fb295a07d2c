"""Times as they are typed, and as they are read."""

import pytest

from infra.commands.times import ago, length, moment

NOON = 1_796_040_000.0
"""2026-11-30 12:00 UTC."""


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("90s", NOON - 90),
        ("2h", NOON - 7_200),
        ("15 min", NOON - 900),
        ("3d", NOON - 259_200),
        ("2026-11-30", NOON - 43_200),
        ("2026-11-30T08:00", NOON - 14_400),
        ("2026-11-30T08:00+02:00", NOON - 21_600),
    ],
)
def test_a_time_is_so_long_ago_or_a_moment_in_utc_unless_it_says_other(typed: str, seconds: float) -> None:
    assert moment(typed, now=NOON) == seconds * 1000


@pytest.mark.parametrize("typed", ["", "soon", "2", "-2h", "2026-13-01", "9999999h"])
def test_what_is_no_time_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(ValueError, match="write 2h, 3d, 2026-11-30"):
        moment(typed, now=NOON)


@pytest.mark.parametrize(
    ("milliseconds", "read"),
    [
        *((0, "0 ms"), (850, "850 ms"), (1_234, "1.2 s"), (45_000, "45 s"), (119_000, "119 s")),
        *((180_000, "3 min"), (7_200_000, "2 h"), (93_600_000, "26 h"), (777_600_000, "9 d")),
    ],
)
def test_a_length_is_read_in_the_unit_that_fits(milliseconds: int, read: str) -> None:
    assert length(milliseconds) == read


def test_a_moment_is_so_long_ago_or_ahead() -> None:
    assert ago(int(NOON * 1000) - 45_000, now=NOON) == "45 s ago"
    assert ago(int(NOON * 1000) + 45_000, now=NOON) == "in 45 s"
