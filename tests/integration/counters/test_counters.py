"""What a counter counts, on a real Redis."""

import asyncio
from typing import Any

import pytest

from shared.counters import DAY, HOUR, CounterFull, Counters, Window
from shared.counters.windows import key
from shared.redis import Redis


@pytest.fixture
def counters(redis: Redis) -> Counters:
    return Counters(redis)


async def test_nobody_is_lost_among_64_at_once(counters: Counters) -> None:
    totals = await asyncio.gather(*(counters.add("mails", "ada", window=DAY) for _ in range(64)))
    assert sorted(totals) == list(range(1, 65))
    assert await counters.read("mails", "ada", window=DAY) == 64


async def test_names_callers_and_windows_are_counted_apart(counters: Counters) -> None:
    await counters.add("mails", "ada", by=5, window=DAY)
    assert await counters.read("mails", "bob", window=DAY) == 0
    assert await counters.read("mail", "sada", window=DAY) == 0
    assert await counters.read("mails", "ada", window=HOUR) == 0
    assert await counters.add("mails", "ada", by=-2, window=DAY) == 3


async def test_a_total_of_64_bits_is_exact_and_goes_no_further(counters: Counters) -> None:
    most = 2**63 - 1
    assert await counters.add("bytes", "ada", by=most - 1) == most - 1
    assert await counters.add("bytes", "ada", by=1) == most
    with pytest.raises(CounterFull):
        await counters.add("bytes", "ada", by=1)
    assert await counters.read("bytes", "ada") == most
    with pytest.raises(ValueError, match="64 bits"):
        await counters.add("bytes", "ada", by=2**63)


@pytest.mark.parametrize("by", [0.5, 1.0, float("nan"), True])
async def test_what_is_no_whole_number_is_refused_at_once(counters: Counters, by: Any) -> None:
    with pytest.raises(ValueError, match="whole"):
        await counters.add("bytes", "ada", by=by)


async def test_a_window_begins_at_whole_multiples_of_its_length(counters: Counters, redis: Redis) -> None:
    await counters.add("mails", "ada", window=DAY)
    counted = key("count", "mails", "ada", DAY)
    start = int(await redis.call("HGET", counted, "window"))
    now = int((await redis.call("TIME"))[0])
    assert (start % 86_400, now - start < 86_400) == (0, True)
    assert await redis.call("EXPIRETIME", counted) == start + 86_400


async def test_the_next_window_counts_from_nothing(counters: Counters) -> None:
    second = Window(1)
    await counters.add("mails", "ada", by=3, window=second)
    await asyncio.sleep(1.01)
    assert await counters.read("mails", "ada", window=second) == 0
    assert await counters.add("mails", "ada", window=second) == 1


async def test_what_a_late_expiry_left_is_of_another_window(counters: Counters, redis: Redis) -> None:
    """Redis may show a key a moment longer, or its clock be set: the window is stored, and compared."""
    counted = key("count", "mails", "ada", DAY)
    await redis.call("HSET", counted, "window", 86_400, "total", 7)
    assert await counters.read("mails", "ada", window=DAY) == 0
    assert await counters.add("mails", "ada", window=DAY) == 1


async def test_a_clock_that_is_set_back_stays_in_the_window_it_had_reached(counters: Counters, redis: Redis) -> None:
    await counters.add("mails", "ada", window=DAY)
    counted = key("count", "mails", "ada", DAY)
    await redis.call("HINCRBY", counted, "window", 86_400)
    assert await counters.add("mails", "ada", window=DAY) == 2
