"""What a limit lets through, beside plain upstash-ratelimit on the same Redis."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest
import upstash_ratelimit.limiter

from shared.rate_limits import Away, Limit, RedisRateLimits
from shared.rate_limits.window import room_in
from tests.integration.rate_limits.callers import Callers, Clock

HOURLY = Limit("hourly", requests=100, seconds=3600, away=Away.CLOSED)
EACH_SECOND = Limit("each-second", requests=20, seconds=1, away=Away.CLOSED)


@contextmanager
def clock_of_the_library(wrong: float) -> Iterator[None]:
    """The library asks this machine's clock; here is how it would be on a machine that is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstash_ratelimit.limiter, "now_ms", lambda: int((time.time() + wrong) * 1000))
        yield


async def allowed(callers: list[RedisRateLimits], limit: Limit, each: int) -> int:
    """How many may pass of so many requests that each caller makes, one after the other, beside all others."""

    async def one(caller: RedisRateLimits) -> int:
        return sum([(await caller.ask(limit, "ada")).allowed for _ in range(each)])

    return sum(await asyncio.gather(*map(one, callers)))


@pytest.mark.usefixtures("in_one_window")
async def test_64_callers_at_once_get_exactly_the_limit(callers: Callers) -> None:
    ours = [await callers.ours() for _ in range(64)]
    assert await allowed(ours, HOURLY, each=4) == 100

    plain = [await callers.plain(HOURLY) for _ in range(64)]
    answers = await asyncio.gather(*(one.limit("ada") for one in plain for _ in range(4)))
    assert sum(answer.allowed for answer in answers) == 100, "with clocks that are right, as the library's own do"


@pytest.mark.usefixtures("in_one_window")
@pytest.mark.parametrize("wrong", [600.0, 3600.0])
async def test_callers_whose_clocks_are_wrong_share_one_count(callers: Callers, wrong: float) -> None:
    limit = Limit("ten-minutes", requests=100, seconds=600, away=Away.CLOSED)
    ours = [await callers.ours(Clock(wrong=by)) for by in (0.0, wrong, -wrong)]
    assert await allowed(ours, limit, each=150) == 100

    opened = 0  # one after the other: there is one clock of the library in this process
    for by in (0.0, wrong, -wrong):
        with clock_of_the_library(by):
            plain = await callers.plain(limit)
            opened += sum([(await plain.limit("ada")).allowed for _ in range(150)])
    assert opened >= 200, "the clocks of plain upstash-ratelimit's callers open it"


@pytest.mark.usefixtures("in_one_window")
async def test_a_clock_that_jumps_opens_nothing(callers: Callers) -> None:
    clock = Clock()
    ours = await callers.ours(clock)
    assert await allowed([ours], HOURLY, each=100) == 100
    for jump in (7200.0, -7200.0, 3600.0 * 24 * 365):
        clock.wrong = jump
        assert await allowed([ours], HOURLY, each=5) == 0

        with clock_of_the_library(jump):
            assert (await (await callers.plain(HOURLY)).limit("ada")).allowed


@pytest.mark.usefixtures("in_one_window")
async def test_a_process_that_was_frozen_for_hours_opens_nothing(callers: Callers) -> None:
    """Its monotonic clock may have stood still: Redis corrects it, at the price of one more call."""
    clock = Clock()
    ours = await callers.ours(clock)
    assert await allowed([ours], HOURLY, each=100) == 100
    clock.stood_still = 7200.0
    assert await allowed([ours], HOURLY, each=5) == 0


async def test_a_limit_holds_from_window_to_window(callers: Callers) -> None:
    """Asked without a pause for two seconds by 16 callers, most of whose clocks are wrong."""
    ours = [await callers.ours(Clock(wrong=by)) for by in (0.0, 0.5, -300.0, 300.0) * 4]
    until = time.monotonic() + 2.0

    async def insist(limits: RedisRateLimits) -> int:
        passed = 0
        while time.monotonic() < until:
            passed += (await limits.ask(EACH_SECOND, "ada")).allowed
        return passed

    passed = sum(await asyncio.gather(*(insist(one) for one in ours)))
    client = await callers.client()
    by_window = {key: int(await client.call("GET", key)) for key in await client.call("KEYS", "*")}
    windows = sorted(int(key.rpartition(":")[2]) for key in by_window)
    assert windows[-1] - windows[0] <= 4, "all callers are in the windows of Redis"
    assert max(by_window.values()) <= 20
    assert sum(by_window.values()) <= passed, "what counts has passed; the first window may be forgotten by now"
    assert passed <= 20 * 4


@pytest.mark.usefixtures("in_one_window")
async def test_how_much_the_window_before_weighs_is_told_by_redis_as_well(callers: Callers) -> None:
    """A clock that is in the right window, but at the end of it."""
    client = await callers.client()
    before = int(time.time() // 3600) - 1
    await client.call("SET", f"limit:hourly:{sha256(b'ada').hexdigest()}:{before}", 1_000_000)
    left = 3600 - time.time() % 3600
    for wrong in (0.0, left - 0.25):
        assert not (await (await callers.ours(Clock(wrong=wrong))).ask(HOURLY, "ada")).allowed
    with clock_of_the_library(left - 0.1):
        await client.call("SET", f"plain:ada:{before}", 1_000_000)
        assert (await (await callers.plain(HOURLY)).limit("ada")).allowed


@pytest.mark.usefixtures("in_one_window")
async def test_a_question_is_one_call(callers: Callers) -> None:
    """Two for the first one of a process whose clock is in another window, or where Redis does not know the script."""
    limits = await callers.ours(Clock(wrong=86_400))
    await (await callers.ours()).ask(HOURLY, "ada")
    calls = counted(limits)
    assert await calls(lambda: limits.ask(HOURLY, "ada")) == 2
    assert await calls(lambda: limits.ask(HOURLY, "ada")) == 1
    right = await callers.ours()
    calls = counted(right)
    assert await calls(lambda: right.ask(HOURLY, "ada")) == 1
    await (await callers.client()).call("SCRIPT", "FLUSH")
    assert await calls(lambda: right.ask(HOURLY, "ada")) == 2
    assert await calls(lambda: right.ask(HOURLY, "ada")) == 1


def counted(limits: RedisRateLimits) -> Callable[[Callable[[], Awaitable[object]]], Awaitable[int]]:
    """How often the client sends something during a call."""
    sdk = limits._redis.sdk
    execute, calls = sdk.execute, 0

    async def counting(command: list[str]) -> object:
        nonlocal calls
        calls += 1
        return await execute(command)

    setattr(sdk, "execute", counting)  # noqa: B010 - the one door of the client, which types won't let us stand in

    async def during(call: Callable[[], Awaitable[object]]) -> int:
        before = calls
        await call()
        return calls - before

    return during


@pytest.mark.usefixtures("in_one_window")
async def test_an_answer_says_how_much_is_left_and_until_when(callers: Callers) -> None:
    limits = await callers.ours(Clock(wrong=12_345.0))
    limit = Limit("three", requests=3, seconds=3600, away=Away.CLOSED)
    before = 3600 - time.time() % 3600
    decisions = [await limits.ask(limit, "ada") for _ in range(4)]
    assert [(one.allowed, one.remaining) for one in decisions] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    left = 3600 - time.time() % 3600
    assert [one.retry_after for one in decisions[:3]] == [0, 0, 0]
    assert all(left <= one.reset <= before + 2 for one in decisions)
    assert decisions[3].retry_after == decisions[3].reset
    assert (await limits.ask(limit, "eve")).allowed


async def test_who_waits_as_long_as_was_said_gets_through(callers: Callers) -> None:
    limits = await callers.ours()
    limit = Limit("four", requests=4, seconds=6, away=Away.CLOSED)
    for _ in range(60):
        decision = await limits.ask(limit, "ada")
        if not decision.allowed:
            break
    assert not decision.allowed
    await asyncio.sleep(decision.retry_after)
    assert (await limits.ask(limit, "ada")).allowed


@pytest.mark.parametrize(
    ("elapsed", "current", "previous"),
    [(0, 10, 0), (999, 10, 0), (500, 10, 10), (0, 0, 10), (300, 3, 10), (0, 9, 10), (250, 12, 3), (0, 5, 5)],
)
def test_room_comes_when_it_was_said_and_not_before(elapsed: int, current: int, previous: int) -> None:
    def full(now: int) -> bool:
        if now < 1000:
            return int((1 - now / 1000) * previous) + current >= 10
        return int((1 - (now - 1000) / 1000) * current) >= 10

    wait = room_in(10, 1000, elapsed, current, previous)
    assert full(elapsed)
    assert not full(elapsed + wait)
    assert full(elapsed + wait - 2)


@pytest.mark.usefixtures("in_one_window")
async def test_what_is_given_back_can_be_asked_for_again(callers: Callers) -> None:
    limits = await callers.ours()
    limit = Limit("two", requests=2, seconds=3600, away=Away.CLOSED)
    first, second = [await limits.ask(limit, "ada") for _ in range(2)]
    await limits.give_back(second)
    assert (await limits.ask(limit, "ada")).allowed
    refused = await limits.ask(limit, "ada")
    await limits.give_back(refused)
    assert not (await limits.ask(limit, "ada")).allowed
    for _ in range(5):
        await limits.give_back(first)
    assert [(await limits.ask(limit, "ada")).allowed for _ in range(3)] == [True, True, False]


async def test_what_is_counted_is_forgotten_when_it_no_longer_counts(callers: Callers) -> None:
    limits = await callers.ours()
    await limits.ask(HOURLY, "ada@example.com")
    client = await callers.client()
    (key,) = await client.call("KEYS", "*")
    assert "ada" not in key
    assert 0 < await client.call("PTTL", key) <= 2 * 3_600_000 + 1000
