"""The limits that stand in for Redis: stricter than the real ones, and bounded in memory."""

from hypothesis import given
from hypothesis import strategies as st

from shared.rate_limits import Away, Limit
from shared.rate_limits.local import LocalLimits

LIMIT = Limit("some", requests=10, seconds=60, away=Away.LOCAL)
ONCE = Limit("once", requests=1, seconds=60, away=Away.LOCAL)


class Stand:
    """A local limiter and its clock."""

    def __init__(self, identities: int = 1000) -> None:
        self.now = 1000.0
        self.limits = LocalLimits(lambda: self.now, identities=identities)

    def ask(self, who: str, limit: Limit = LIMIT) -> bool:
        return self.limits.ask(limit, who).allowed


@given(pauses=st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=150))
def test_no_window_sees_more_than_the_limit(pauses: list[float]) -> None:
    stand, passed = Stand(), []
    for pause in pauses:
        stand.now += pause
        if stand.ask("ada"):
            passed.append(stand.now)
    assert all(sum(start <= at < start + 60 for at in passed) <= 10 for start in passed)


def test_who_waits_as_long_as_was_said_gets_through() -> None:
    for limit in (LIMIT, ONCE):
        stand = Stand()
        for _ in range(20):
            decision = stand.limits.ask(limit, "ada")
            if not decision.allowed:
                stand.now += decision.retry_after
                assert stand.ask("ada", limit)


def test_limits_of_other_names_count_apart() -> None:
    stand = Stand()
    assert [stand.ask("ada", ONCE) for _ in range(2)] == [True, False]
    assert stand.ask("ada")


def test_memory_is_bounded_and_a_flood_of_identities_frees_nobody() -> None:
    stand = Stand(identities=100)
    for _ in range(6):
        stand.ask("ada")
    passed = sum(stand.ask(f"made up {n}") for n in range(10_000))
    assert len(stand.limits._earned) <= 101
    assert passed == 99 + 5, "those who find no room share one count"
    assert not stand.ask("ada")


def test_who_is_remembered_for_long_keeps_nobody_else_there() -> None:
    """Limits of an hour and of a minute share the memory."""
    stand, hourly = Stand(identities=100), Limit("hourly", requests=2, seconds=3600, away=Away.LOCAL)
    assert stand.ask("ada", hourly)
    assert all(stand.ask(f"first {n}") for n in range(99))
    assert not all(stand.ask(f"too many {n}") for n in range(99))
    stand.now += 61
    assert all(stand.ask(f"second {n}") for n in range(99))
    assert not stand.ask("ada", hourly)


def test_room_is_made_when_what_was_counted_is_earned_back() -> None:
    stand = Stand(identities=100)
    for n in range(200):
        stand.ask(f"first {n}")
    stand.now += 61
    assert all(stand.ask(f"second {n}") for n in range(100))
    assert len(stand.limits._earned) <= 101
