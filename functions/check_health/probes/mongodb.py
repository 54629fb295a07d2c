"""MongoDB: what one majority write has written is what a majority read finds."""

from functions.check_health.probing import Probe
from shared.clock import World
from shared.database import Database, reachable
from shared.errors import DependencyDown
from shared.health.records import PROBED


def probe(database: Database, world: World) -> Probe:
    async def look() -> None:
        written = world.token()
        async with reachable():
            await database.health.update_one({"_id": PROBED}, {"$set": {"token": written}}, upsert=True)
            found = await database.health.find_one({"_id": PROBED})
        if found is None or found["token"] != written:
            raise DependencyDown("mongodb", "it does not find what it has just written")

    return look
