"""Two deploys of one cache, whose type has changed between them, at work at the same time."""

import pytest
from pydantic import BaseModel, TypeAdapter

from shared.cache import Cache
from shared.clock import World
from shared.redis import Redis
from tests.integration.cache.source import POLICY


class Old(BaseModel):
    name: str


class New(BaseModel):
    name: str
    admin: bool = False
    """An entry of the older one could be read, and would say that nobody is."""


class Deploys:
    def __init__(self, redis: Redis) -> None:
        self.computed: list[type[BaseModel]] = []
        self._old = Cache(redis, World(), name="people", values=TypeAdapter(Old), policy=POLICY)
        self._new = Cache(redis, World(), name="people", values=TypeAdapter(New), policy=POLICY)
        self.name = "Ada"

    async def old(self) -> Old | None:
        async def compute() -> Old:
            self.computed.append(Old)
            return Old(name=self.name)

        return await self._old.get("a", compute, tags=["t"])

    async def new(self) -> New | None:
        async def compute() -> New:
            self.computed.append(New)
            return New(name=self.name, admin=True)

        return await self._new.get("a", compute, tags=["t"])

    async def invalidate(self, by: str) -> None:
        await (self._old.invalidate("a") if by == "key" else self._old.invalidate_tag("t"))


async def test_what_the_older_one_stored_is_not_read_with_a_field_at_its_default(redis: Redis) -> None:
    deploys = Deploys(redis)
    await deploys.old()
    assert await deploys.new() == New(name="Ada", admin=True)


async def test_they_do_not_replace_each_others_entries(redis: Redis) -> None:
    deploys = Deploys(redis)
    for _ in range(3):
        await deploys.old()
        await deploys.new()
    assert deploys.computed == [Old, New]


@pytest.mark.parametrize("by", ["key", "tag"])
async def test_what_one_invalidates_is_gone_for_the_other(redis: Redis, by: str) -> None:
    deploys = Deploys(redis)
    await deploys.new()
    deploys.name = "Grace"
    await deploys.invalidate(by)
    assert await deploys.new() == New(name="Grace", admin=True)
