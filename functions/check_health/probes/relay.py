"""The relay: how long ago a turn of it ended well.

It hands over what the functions could not, and revives what was lost, so its silence is an outage of its own.
"""

from datetime import timedelta
from typing import Final

from functions.check_health.probing import Probe
from functions.relay_jobs.contract import CONTRACT as RELAY
from shared.clock import World
from shared.database import Database, reachable
from shared.errors import DependencyDown
from shared.health.ages import spelt

LATE: Final = timedelta(minutes=15)
"""Three of its periods."""


def probe(database: Database, world: World, *, time_scale: float) -> Probe:
    async def look() -> None:
        async with reachable():
            record = await database.runs.find_one({"_id": f"cron:{RELAY.name}"}, {"attempts": 1, "created": 1})
        if record is None:
            raise DependencyDown("relay", "it has never run")
        ended = [attempt["ended"] for attempt in record["attempts"] if attempt.get("outcome") == "succeeded"]
        quiet = timedelta(milliseconds=world.now() * 1000 - max(ended, default=record["created"]))
        if quiet > LATE / time_scale:
            raise DependencyDown("relay", f"no turn has ended well for {spelt(quiet)}")

    return look
