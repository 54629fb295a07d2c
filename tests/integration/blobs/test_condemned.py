"""A key that is being deleted: one turn's alone, waited for by who would write there, and never left for good."""

import asyncio
from typing import Any

import pytest

from shared.blobs import condemned
from shared.database import Database

KEYS = ["reports/a.pdf", "reports/b.pdf"]


async def test_whoever_would_write_there_waits_until_it_is_released(database: Database) -> None:
    await condemned.spare(database, KEYS[0])
    await condemned.condemn(database, KEYS[:1], by="turn")
    with pytest.raises(condemned.BeingDeleted) as refused:
        await condemned.spare(database, KEYS[0])
    assert refused.value.retry_after == condemned.SOON
    await condemned.spare(database, KEYS[1])
    await condemned.release(database, KEYS, by="turn")
    await condemned.spare(database, KEYS[0])


async def test_what_one_turn_has_condemned_no_other_deletes_or_releases(database: Database) -> None:
    assert await condemned.condemn(database, KEYS[:1], by="one") == KEYS[:1]
    assert await condemned.condemn(database, KEYS, by="two") == KEYS[1:]
    assert await condemned.condemn(database, KEYS[:1], by="one") == KEYS[:1], "the same again, after a lost answer"
    await condemned.release(database, KEYS, by="two")
    with pytest.raises(condemned.BeingDeleted):
        await condemned.spare(database, KEYS[0])


async def test_of_eight_turns_at_once_one_has_each_key(database: Database) -> None:
    turns = [condemned.condemn(database, KEYS, by=f"{number}") for number in range(8)]
    assert sorted(key for held in await asyncio.gather(*turns) for key in held) == KEYS


async def test_what_a_delivery_left_is_its_next_ones_at_once_and_anybodys_after_a_while(database: Database) -> None:
    await condemned.condemn(database, KEYS, by="dead")
    assert await condemned.adopt(database, by="other", limit=10) == []
    assert await condemned.adopt(database, by="dead", limit=10) == KEYS
    await database.condemned.update_one({"_id": KEYS[0]}, {"$set": {"at": 0}})
    assert await condemned.adopt(database, by="other", limit=10) == KEYS[:1]
    assert await condemned.adopt(database, by="third", limit=10) == [], "it has begun to wait anew"
    assert await condemned.condemn(database, KEYS, by="dead") == KEYS[1:]


@pytest.mark.parametrize("again", [condemned.condemn, condemned.adopt])
async def test_what_a_turn_takes_up_again_is_its_own_for_as_long_as_what_it_has_just_condemned(
    database: Database, again: Any
) -> None:
    """Else a second turn adopts it, deletes it and lets its owner in, while the first is about to delete it."""
    await condemned.condemn(database, KEYS, by="slow")
    await database.condemned.update_many({}, {"$set": {"at": 0}})
    given = {"keys": KEYS} if again is condemned.condemn else {"limit": 10}
    assert await again(database, by="slow", **given) == KEYS
    assert await condemned.adopt(database, by="other", limit=10) == []


async def test_what_is_left_is_adopted_in_the_order_of_keys_whoever_left_it(database: Database) -> None:
    keys = [f"uploads/{number}" for number in range(6)]
    for number, key in enumerate(keys):
        await condemned.condemn(database, [key], by="me" if number % 2 else "dead")
    await database.condemned.update_many({"by": "dead"}, {"$set": {"at": 0}})
    first = await condemned.adopt(database, by="me", limit=4)
    assert [*first, *await condemned.adopt(database, by="me", limit=4, after=first[-1])] == keys


async def test_a_key_that_begins_with_a_dollar_is_a_key(database: Database) -> None:
    """Case 18."""
    assert await condemned.condemn(database, ["$a"], by="$by") == ["$a"]
    await condemned.release(database, ["$a"], by="$by")
    assert await database.condemned.count_documents({}) == 0
