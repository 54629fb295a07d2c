"""How old a backlog may be, and how that is said."""

from datetime import timedelta

import pytest

from shared.health.ages import TOO_LONG, looks, spelt
from shared.health.model import Backlog, Status

AT = 10_000_000_000
NOTHING = dict.fromkeys(TOO_LONG, Backlog(0, None))


def found(name: str, waited: timedelta, *, time_scale: float = 1) -> Status:
    oldest = AT - round(waited / timedelta(milliseconds=1))
    return looks({**NOTHING, name: Backlog(3, oldest)}, at=AT, time_scale=time_scale)[name].found


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_backlog_is_too_old_from_its_own_age_on(name: str) -> None:
    limit = TOO_LONG[name]
    assert found(name, limit) is Status.HEALTHY
    assert found(name, limit + timedelta(seconds=1)) is Status.DEGRADED


@pytest.mark.parametrize("name", TOO_LONG)
def test_time_that_goes_faster_makes_it_too_old_sooner(name: str) -> None:
    limit = TOO_LONG[name] / 60
    assert found(name, limit, time_scale=60) is Status.HEALTHY
    assert found(name, limit + timedelta(seconds=1), time_scale=60) is Status.DEGRADED


def test_an_empty_backlog_has_no_age_and_what_is_due_later_none_yet() -> None:
    waiting = {**NOTHING, "pending": Backlog(1, AT + 60_000)}
    assert {look.found for look in looks(waiting, at=AT, time_scale=1).values()} == {Status.HEALTHY}


def test_it_says_how_many_wait_and_for_how_long() -> None:
    waiting = {**NOTHING, "stuck": Backlog(12, AT - 25 * 60_000)}
    assert looks(waiting, at=AT, time_scale=1)["stuck"].why == "the oldest of 12 has waited for 25 min"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_199, "119 min"), (7_200, "2 h"), (172_800, "2 days")],
)
def test_a_time_is_spelt_in_the_largest_unit_of_which_it_has_two(seconds: int, words: str) -> None:
    assert spelt(timedelta(seconds=seconds)) == words
