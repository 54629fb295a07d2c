"""Databases for tests that follow each other: to make one with every index takes 60 ms of a processor, to empty one 10.

    made ──▶ take ──▶ a test ──▶ leave ──▶ (seven more) ──▶ emptied ──▶ take ──▶ ..

One is emptied when it is taken again, not when it is left: a thread that outlives its test may write a moment longer.
"""

from collections import deque
from secrets import token_hex
from typing import Any, Final

from pydantic import SecretStr

from shared.collections import INDEXES, ensure
from shared.config import MongoSettings
from shared.database import Database, connect

IN_TURN: Final = 8


class Databases:
    """Of one server. Where they are not `reused`, as on one that is not ours alone, each is dropped after its test."""

    def __init__(self, uri: str, *, reused: bool) -> None:
        self._uri, self._reused = uri, reused
        self._left: deque[str] = deque()

    async def take(self) -> Database:
        """An empty one with the bundle's collections and indexes, on a client of its own.

        Its records are held to no rules: a test plants of one what it is about. The local stack's are.
        """
        if len(self._left) < IN_TURN:
            made = self._connect(f"test_{token_hex(6)}")
            await ensure(made, ruled=False)
        else:
            made = self._connect(self._left.popleft())
            await _empty(made)
        return made

    async def leave(self, database: Database) -> None:
        if self._reused:
            self._left.append(database.name)
        else:
            await database.client.drop_database(database.name)
        database.client.close()

    def _connect(self, name: str) -> Database:
        return connect(MongoSettings(stage="local", mongodb_uri=SecretStr(self._uri), mongodb_database=name))


async def _empty(database: Database) -> None:
    """Whatever was done to it: a cut-off transaction, which SecantusDB would never end, is ended too."""
    await database.client.admin.command({"killAllSessions": []})
    if set(await database.list_collection_names()) != set(INDEXES):
        await database.client.drop_database(database.name)
        await ensure(database, ruled=False)
    for name in await _filled(database):
        await database[name].delete_many({})


async def _filled(database: Database) -> list[str]:
    """The collections that hold something, in one question."""
    first, *others = INDEXES
    stages = _one_of(first)
    stages += [{"$unionWith": {"coll": name, "pipeline": _one_of(name)}} for name in others]
    return [found["_id"] async for found in database[first].aggregate(stages)]


def _one_of(name: str) -> list[dict[str, Any]]:
    return [{"$limit": 1}, {"$project": {"_id": {"$literal": name}}}]
