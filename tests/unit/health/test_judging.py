"""What turns make of a part and of the whole: that it follows, and that it does not flap."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.health.judging import ESSENTIAL, judged, whole
from shared.health.model import BADNESS, Look, Part, Status

PERIOD: Final = 300_000
GAP: Final = 3 * PERIOD
HEALTHY, DEGRADED, DOWN = Status

STATUSES: Final = st.sampled_from(list(Status))
TURNS: Final = st.lists(STATUSES, max_size=20)


def turns(*found: Status, part: Part | None = None, every: int = PERIOD) -> list[Part]:
    """The part after each turn."""
    parts: list[Part] = []
    for status in found:
        at = part.found_at + every if part else PERIOD
        part = judged(part, Look(status, "" if status is HEALTHY else f"it is {status}", 7), at=at, gap=GAP)
        parts.append(part)
    return parts


def statuses(*found: Status, part: Part | None = None) -> list[Status]:
    return [one.status for one in turns(*found, part=part)]


def part_of(status: Status, found: Status | None = None) -> Part:
    return Part(status, since=0, why=f"it is {status}", found=found or status, found_at=0)


def changes(parts: Sequence[Part], before: Part) -> int:
    return sum(one.status is not other.status for one, other in pairwise([before, *parts]))


@pytest.mark.parametrize(
    ("it_is", "before", "now", "becomes"),
    [
        (HEALTHY, HEALTHY, DOWN, HEALTHY),
        (HEALTHY, DOWN, DOWN, DOWN),
        (HEALTHY, DEGRADED, DOWN, DEGRADED),
        (DOWN, DOWN, HEALTHY, DOWN),
        (DOWN, HEALTHY, HEALTHY, HEALTHY),
        (DEGRADED, HEALTHY, DOWN, DEGRADED),
    ],
)
def test_the_table_of_the_docstring(it_is: Status, before: Status, now: Status, becomes: Status) -> None:
    assert statuses(now, part=part_of(it_is, before)) == [becomes]


@given(STATUSES, STATUSES, STATUSES)
def test_two_turns_that_agree_decide(it_is: Status, before: Status, found: Status) -> None:
    assert statuses(found, found, part=part_of(it_is, before))[-1] is found


@given(STATUSES, STATUSES, STATUSES, STATUSES)
def test_what_alternates_changes_the_status_at_most_once(it_is: Status, before: Status, a: Status, b: Status) -> None:
    start = part_of(it_is, before)
    settled = turns(a, b, part=start)
    assert changes(turns(*[a, b] * 10, part=settled[-1]), settled[-1]) <= 1


@given(TURNS, STATUSES)
def test_one_turn_that_differs_changes_nothing(found: list[Status], odd: Status) -> None:
    """In the middle of turns that agree, whatever came before them."""
    for status in Status:
        *_, settled, during, after = turns(*found, status, status, odd, status)
        assert (settled.status, during.status, after.status) == (status, status, status)


@given(st.lists(st.tuples(STATUSES, STATUSES), min_size=1, max_size=20))
def test_worse_turns_never_make_a_better_status(pairs: list[tuple[Status, Status]]) -> None:
    milder = statuses(*(min(pair, key=BADNESS.__getitem__) for pair in pairs))
    worse = statuses(*(max(pair, key=BADNESS.__getitem__) for pair in pairs))
    assert all(BADNESS[a] <= BADNESS[b] for a, b in zip(milder, worse, strict=True))


@given(TURNS)
def test_a_status_never_goes_further_than_the_last_two_turns(found: list[Status]) -> None:
    parts = turns(*found)
    for before, now in pairwise(parts):
        if now.status is not before.status:
            between = sorted(BADNESS[status] for status in (before.found, now.found))
            assert between[0] <= BADNESS[now.status] <= between[1]


@given(TURNS)
def test_a_part_says_since_when_and_why_exactly_while_it_is_not_healthy(found: list[Status]) -> None:
    parts = turns(*found)
    assert all(bool(part.why) == (part.status is not HEALTHY) for part in parts)
    for before, now in pairwise(parts):
        assert now.since == (before.since if now.status is before.status else before.found_at)


def test_one_good_turn_does_not_make_forget_what_was_wrong() -> None:
    assert turns(DOWN, DOWN, HEALTHY)[-1].why == "it is down"


def test_turns_that_are_too_far_apart_are_not_in_a_row() -> None:
    once = turns(DOWN)[-1]
    assert turns(DOWN, part=once, every=GAP + 1)[-1].status is HEALTHY
    assert turns(DOWN, part=once, every=GAP)[-1].status is DOWN


@given(st.dictionaries(st.sampled_from(["mongodb", "qstash", "redis", "ai", "pending"]), STATUSES))
def test_the_whole_is_down_with_what_nothing_works_without_and_degraded_with_anything_else(
    of: dict[str, Status],
) -> None:
    status, why = whole({name: part_of(status) for name, status in of.items()})
    wrong = {name for name, status in of.items() if status is not HEALTHY}
    down = any(of.get(name) is DOWN for name in ESSENTIAL)
    assert status is (DOWN if down else DEGRADED if wrong else HEALTHY)
    assert {line.split(" ")[0].rstrip(":") for line in why} == wrong
    if down:
        assert why[0].split(" ")[0] in ESSENTIAL


def test_the_lines_are_for_people_and_the_worst_stands_first() -> None:
    parts = {
        "pending": Part(DEGRADED, 0, "the oldest of 9 has waited for 25 min"),
        "redis": Part(DOWN, 0, "ConnectError"),
        "qstash": Part(DOWN, 0, "no answer in 5 s"),
        "ai": Part(HEALTHY, 0),
    }
    assert whole(parts)[1] == (
        "qstash is down: no answer in 5 s",
        "redis is down: ConnectError",
        "pending: the oldest of 9 has waited for 25 min",
    )
