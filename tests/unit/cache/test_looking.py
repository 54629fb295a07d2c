"""What callers of one process make of a lookup that they share."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import TypeAdapter

from shared.cache import Policy
from shared.cache.codec import Codec
from shared.cache.looking import Looking
from shared.cache.names import Names
from shared.cache.shelf import Answer, Shelf
from shared.clock import World

POLICY = Policy(fresh=60)


@dataclass
class FakeShelf:
    """Each lookup finds a stale value, and elects its caller."""

    owners: list[str] = field(default_factory=list)

    async def lookup(self, _: object, owner: str, **__: Any) -> Answer:
        self.owners.append(owner)
        await asyncio.sleep(0)
        return Answer("stale", elected=True, seal="s", at="1", by="somebody", text='1j"one"')


async def test_of_those_who_share_a_lookup_only_the_one_that_asked_is_elected() -> None:
    shelf = FakeShelf()
    codec = Codec(TypeAdapter(str), largest=100, compressed_over=100)
    looking = Looking(cast("Shelf", shelf), codec, POLICY, World(), Counter())
    slot = Names("tests", "s").slot("a", ())

    found = await asyncio.gather(*(looking.find(slot, f"owner {number}") for number in range(4)))

    assert shelf.owners == ["owner 0", "owner 1"]
    assert [each.answer.elected for each in found] == [True, True, False, False]
