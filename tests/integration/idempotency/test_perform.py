"""One request around a store with a lease: what is kept, what is built anew, and what is left when something fails."""

import asyncio
from itertools import count

import pytest

from shared import degraded
from shared.errors import DependencyDown, PermanentError
from shared.idempotency import InFlight, Mismatch, New, Performed, RedisRequests, perform
from shared.idempotency.asked import Asked
from shared.redis import Redis
from tests.integration.api.cut_off import cut_off

ASKED = Asked("k", "f")


class Uploads:
    """Hands out signed URLs: each is new, and none may be kept."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._signatures = count(1)

    async def make(self) -> tuple[str, str]:
        self.made.append(f"object-{len(self.made) + 1}")
        return await self.sign(self.made[-1]), self.made[-1]

    async def sign(self, name: str) -> str:
        return f"https://blobs.example.com/{name}?signature={next(self._signatures)}"


@pytest.fixture
def store(redis: Redis) -> RedisRequests:
    return RedisRequests(redis, lease=600)


async def test_a_repeat_is_signed_anew_and_makes_nothing(store: RedisRequests, redis: Redis) -> None:
    uploads = Uploads()
    first = await perform(store, ASKED, uploads.make, uploads.sign, owner="ada")
    again = await perform(store, ASKED, uploads.make, uploads.sign, owner="ada")
    assert first == Performed("https://blobs.example.com/object-1?signature=1", replayed=False)
    assert again == Performed("https://blobs.example.com/object-1?signature=2", replayed=True)
    assert uploads.made == ["object-1"]
    assert "signature" not in str(await redis.call("HGETALL", "idempotent:k"))


async def test_another_body_and_one_in_flight_do_nothing(store: RedisRequests) -> None:
    uploads = Uploads()
    assert isinstance(await store.begin(ASKED), New)
    assert isinstance(await perform(store, ASKED, uploads.make, uploads.sign, owner="ada"), InFlight)
    assert await perform(store, Asked("k", "other"), uploads.make, uploads.sign, owner="ada") == Mismatch()
    assert uploads.made == []


async def test_work_that_fails_leaves_the_key_free(store: RedisRequests) -> None:
    async def fails() -> tuple[str, str]:
        raise PermanentError("no")

    uploads = Uploads()
    with pytest.raises(PermanentError):
        await perform(store, ASKED, fails, uploads.sign, owner="ada")
    assert isinstance(await perform(store, Asked("k", "other"), uploads.make, uploads.sign, owner="ada"), Performed)


async def test_work_that_is_cut_off_keeps_its_lease(store: RedisRequests) -> None:
    """It may have happened: nobody does it at the same time."""

    async def hangs() -> tuple[str, str]:
        await asyncio.sleep(60)
        raise AssertionError

    uploads = Uploads()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await perform(store, ASKED, hangs, uploads.sign, owner="ada")
    assert isinstance(await store.begin(ASKED), InFlight)


async def test_wherever_it_is_cut_off_nobody_else_does_it_before_the_lease_has_ended(redis: Redis) -> None:
    """And then the repeat does it, or is told: no key is lost for its request."""
    store, lasting = RedisRequests(redis, lease=0.0), RedisRequests(redis, lease=600)
    for at in count(1):
        asked, uploads = Asked(f"k{at}", "f"), Uploads()
        if not await cut_off(perform(lasting, asked, uploads.make, uploads.sign, owner="ada"), at):
            break
        meanwhile = await perform(store, asked, uploads.make, uploads.sign, owner="ada")
        assert isinstance(meanwhile, InFlight | Performed)
        if isinstance(meanwhile, InFlight):
            await redis.call("HSET", f"idempotent:{asked.id}", "leased", 0)
            again = await perform(store, asked, uploads.make, uploads.sign, owner="ada")
            assert isinstance(again, Performed)
        assert await perform(store, Asked(asked.id, "g"), uploads.make, uploads.sign, owner="ada") == Mismatch()
    assert at > 2


class Leaving(RedisRequests):
    """Is away at the end of a request."""

    async def complete(self, new: New, reference: str, *, owner: str) -> bool:
        raise DependencyDown("redis", "away")

    async def abandon(self, new: New) -> bool:
        raise DependencyDown("redis", "away")


async def test_a_store_that_is_away_at_the_end_costs_the_repeat_and_not_the_answer(redis: Redis) -> None:
    uploads = Uploads()
    with degraded.watched() as fallbacks:
        performed = await perform(Leaving(redis, lease=600), ASKED, uploads.make, uploads.sign, owner="ada")
    assert isinstance(performed, Performed)
    assert fallbacks == {"redis": {"the answer is not kept for a repeat"}}


async def test_a_store_that_is_away_when_the_work_fails_does_not_hide_why(redis: Redis) -> None:
    async def fails() -> tuple[str, str]:
        raise PermanentError("no")

    with pytest.raises(PermanentError), degraded.watched() as fallbacks:
        await perform(Leaving(redis, lease=600), ASKED, fails, Uploads().sign, owner="ada")
    assert set(fallbacks) == {"redis"}
