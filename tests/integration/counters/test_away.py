"""What a quota and a counter do when an answer of Redis is lost, or it is away."""

import pytest

from shared import degraded
from shared.counters import DAY, Away, Counters, Quota, Quotas
from shared.errors import DependencyDown
from tests.integration.locks.faulty import ANSWER_LOST, QUESTION_LOST, Faulty

OPEN = Quota(name="cheap", limit=1, window=DAY, away=Away.OPEN)
CLOSED = Quota(name="costly", limit=2, window=DAY, away=Away.CLOSED)


@pytest.fixture(autouse=True)
async def warm(faulty: Faulty) -> None:
    """Redis knows the scripts, so that every step is one exchange."""
    await Quotas(faulty.redis).take(CLOSED, "warm")
    await Counters(faulty.redis).add("mails", "warm")


async def test_a_taking_whose_answer_was_lost_counts_once_when_repeated(faulty: Faulty) -> None:
    faulty.faults = [ANSWER_LOST]
    with pytest.raises(DependencyDown):
        await Quotas(faulty.redis).take(CLOSED, "ada", token="run")
    taken = await Quotas(faulty.redis).take(CLOSED, "ada", token="run")
    assert (taken.allowed, taken.used) == (True, 1)


async def test_a_closed_quota_allows_nothing_while_redis_is_away(faulty: Faulty) -> None:
    faulty.faults = [QUESTION_LOST]
    with pytest.raises(DependencyDown), degraded.watched() as fallbacks:
        await Quotas(faulty.redis).take(CLOSED, "ada")
    assert not fallbacks


async def test_an_open_quota_allows_and_says_that_nobody_counted(faulty: Faulty) -> None:
    faulty.faults = [QUESTION_LOST] * 3
    with degraded.watched() as fallbacks:
        taken = [await Quotas(faulty.redis).take(OPEN, "ada", 1) for _ in range(3)]
    assert [(each.allowed, each.used, each.limit) for each in taken] == [(True, None, 1)] * 3
    assert fallbacks == {"redis": {"open quotas"}}


async def test_a_counter_raises_and_may_have_counted(faulty: Faulty) -> None:
    counters = Counters(faulty.redis)
    faulty.faults = [ANSWER_LOST]
    with pytest.raises(DependencyDown):
        await counters.add("mails", "ada")
    assert await counters.read("mails", "ada") == 1
