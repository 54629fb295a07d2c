"""What a quota allows, on a real Redis."""

import asyncio
from typing import Any

import pytest

from shared.counters import DAY, Away, Quota, Quotas, Window
from shared.counters.quotas import REMEMBERED, TAKE
from shared.counters.windows import key
from shared.redis import Redis

TEN = Quota(name="ten", limit=10, window=DAY, away=Away.CLOSED)


@pytest.fixture
def quotas(redis: Redis) -> Quotas:
    return Quotas(redis)


async def test_all_or_nothing(quotas: Quotas) -> None:
    first = await quotas.take(TEN, "ada", 7)
    refused = await quotas.take(TEN, "ada", 4)
    rest = await quotas.take(TEN, "ada", 3)
    assert [(t.allowed, t.used, t.limit) for t in (first, refused, rest)] == [
        (True, 7, 10),
        (False, 7, 10),
        (True, 10, 10),
    ]
    assert 0 < rest.resets_in <= 86_400


async def test_each_has_a_quota_of_its_own(quotas: Quotas) -> None:
    """Also where one's name and another's end differently: "ten" + "ada" is not "tena" + "da"."""
    await quotas.take(TEN, "ada", 10)
    other = Quota(name="tena", limit=10, window=DAY, away=Away.CLOSED)
    assert (await quotas.take(TEN, "bob", 10)).allowed
    assert (await quotas.take(other, "da", 10)).allowed


async def test_it_is_never_exceeded_by_64_at_once(quotas: Quotas) -> None:
    takers = [quotas.take(Quota(name="a", limit=40, window=DAY, away=Away.CLOSED), "ada") for _ in range(64)]
    taken = await asyncio.gather(*takers)
    assert sorted(t.used or 0 for t in taken if t.allowed) == list(range(1, 41))
    assert all(t.used == 40 for t in taken if not t.allowed)


async def test_a_token_counts_once(quotas: Quotas) -> None:
    """However often it is asked for, also at once, and when the quota is used up meanwhile."""
    taken = await asyncio.gather(*(quotas.take(TEN, "ada", 4, token="run") for _ in range(8)))
    assert {(t.allowed, t.used) for t in taken} == {(True, 4)}
    await quotas.take(TEN, "ada", 6)
    assert (await quotas.take(TEN, "ada", 4, token="run")).allowed
    assert not (await quotas.take(TEN, "ada", 1, token="other")).allowed


async def test_a_refused_token_may_be_allowed_later(quotas: Quotas) -> None:
    await quotas.take(TEN, "ada", 10, token="large")
    assert not (await quotas.take(TEN, "ada", 1, token="small")).allowed
    await quotas.give_back(TEN, "ada", token="large")
    assert (await quotas.take(TEN, "ada", 1, token="small")).used == 1


async def test_what_a_token_took_is_given_back_once(quotas: Quotas) -> None:
    await quotas.take(TEN, "ada", 3, token="one")
    await quotas.take(TEN, "ada", 4, token="two")
    assert await quotas.give_back(TEN, "ada", token="one")
    assert not await quotas.give_back(TEN, "ada", token="one")
    assert not await quotas.give_back(TEN, "ada", token="never")
    assert (await quotas.take(TEN, "ada", 3, token="one")).used == 7  # it counts anew


async def test_what_a_token_took_becomes_what_was_used(quotas: Quotas) -> None:
    await quotas.take(TEN, "ada", 6, token="one")
    assert await quotas.settle(TEN, "ada", 2, token="one")
    assert (await quotas.take(TEN, "ada", 8)).used == 10


async def test_more_than_was_taken_counts_too_and_beyond_the_limit(quotas: Quotas) -> None:
    """It was used: the next one is refused for it."""
    await quotas.take(TEN, "ada", 6, token="one")
    assert await quotas.settle(TEN, "ada", 15, token="one")
    refused = await quotas.take(TEN, "ada", 1)
    assert (refused.allowed, refused.used) == (False, 15)


async def test_settling_again_changes_nothing_and_giving_back_gives_what_was_settled(quotas: Quotas) -> None:
    await quotas.take(TEN, "ada", 6, token="one")
    for _ in range(2):
        assert await quotas.settle(TEN, "ada", 4, token="one")
    assert (await quotas.take(TEN, "ada", 1, token="two")).used == 5
    await quotas.give_back(TEN, "ada", token="one")
    assert (await quotas.take(TEN, "ada", 1, token="three")).used == 2


async def test_what_was_not_taken_in_this_window_is_not_settled(quotas: Quotas, redis: Redis) -> None:
    await quotas.take(TEN, "ada", 6, token="one")
    await redis.call("HINCRBY", key("quota", "ten", "ada", DAY), "window", -86_400)
    assert not await quotas.settle(TEN, "ada", 4, token="one")
    assert not await quotas.settle(TEN, "ada", 4, token="never")
    assert (await quotas.take(TEN, "ada", 1)).used == 1


async def test_a_repeat_is_told_apart(quotas: Quotas) -> None:
    assert [(await quotas.take(TEN, "ada", 2, token="one")).repeated for _ in range(2)] == [False, True]


async def test_a_new_window_begins_with_nothing(quotas: Quotas) -> None:
    second = Quota(name="a", limit=1, window=Window(1), away=Away.CLOSED)
    taken = await quotas.take(second, "ada", token="one")
    assert taken.allowed
    await asyncio.sleep(taken.resets_in + 0.01)
    assert not await quotas.give_back(second, "ada", token="one")
    assert (await quotas.take(second, "ada", token="one")).used == 1


async def test_a_token_of_an_earlier_window_counts_anew(quotas: Quotas, redis: Redis) -> None:
    """Also when Redis has not let the earlier window expire yet, and another's taking opened the new one."""
    await quotas.take(TEN, "ada", 4, token="one")
    await redis.call("HINCRBY", key("quota", "ten", "ada", DAY), "window", -86_400)
    assert (await quotas.take(TEN, "ada", 1, token="two")).used == 1
    assert (await quotas.take(TEN, "ada", 4, token="one")).used == 5


async def test_only_so_many_tokens_are_remembered(quotas: Quotas, redis: Redis) -> None:
    """The hash and the list of tokens are bounded, and the oldest is the one that is forgotten."""
    for n in range(5):
        keys = ["quota:x", "quota:x:tokens"]
        await redis.run(TAKE, keys=keys, args=[86_400, f"t{n}", 1, 100, 3])
    assert await redis.call("LRANGE", "quota:x:tokens", 0, -1) == ["t4", "t3", "t2"]
    assert sorted(await redis.call("HKEYS", "quota:x")) == ["total", "tt2", "tt3", "tt4", "window"]
    assert REMEMBERED == 1_000


async def test_what_is_given_back_is_forgotten(quotas: Quotas, redis: Redis) -> None:
    """An entry left in the order of tokens would make a later taking of the same token forgotten too early."""
    await quotas.take(TEN, "ada", token="one")
    await quotas.give_back(TEN, "ada", token="one")
    (counted,) = await redis.call("KEYS", "quota:*")
    assert ":tokens" not in counted
    assert sorted(await redis.call("HKEYS", counted)) == ["total", "window"]


async def test_everything_expires_with_its_window(quotas: Quotas, redis: Redis) -> None:
    taken = await quotas.take(TEN, "ada", token="one")
    for stored in await redis.call("KEYS", "*"):
        assert await redis.call("PTTL", stored) / 1000 == pytest.approx(taken.resets_in, abs=5)
        assert "ada" not in stored


@pytest.mark.parametrize("amount", [0, -1, 2**53, 0.4, float("nan")])
async def test_an_amount_that_is_none_is_refused(quotas: Quotas, amount: Any) -> None:
    """0.4 would be rounded to nothing, and could be taken for ever."""
    with pytest.raises(ValueError, match="amount"):
        await quotas.take(TEN, "ada", amount)
    with pytest.raises(ValueError, match="amount"):
        await quotas.settle(TEN, "ada", amount, token="one")


async def test_the_largest_limit_is_exact(quotas: Quotas) -> None:
    most = 2**53 - 1
    quota = Quota(name="a", limit=most, window=DAY, away=Away.CLOSED)
    assert (await quotas.take(quota, "ada", most - 1)).used == most - 1
    assert not (await quotas.take(quota, "ada", most)).allowed
    assert not (await quotas.take(quota, "ada", 2)).allowed
    assert (await quotas.take(quota, "ada", 1)).used == most
