"""Object storage: one object is deleted, written and read, and left there.

In this order a turn that dies in the middle leaves nothing that misleads the next one, and the object is always the
same: the sweep knows its key (shared/health).
"""

from functions.check_health.probing import Probe
from shared.clock import World
from shared.health import STORAGE_KEY
from shared.storage import Storage
from shared.storage.errors import down


def probe(storage: Storage, world: World) -> Probe:
    async def look() -> None:
        body = world.token().encode()
        if await storage.delete([STORAGE_KEY]):
            raise down("an object could not be deleted")
        if not await storage.create(STORAGE_KEY, body, content_type="text/plain"):
            raise down("an object that was deleted is still there")
        if await storage.first(STORAGE_KEY, len(body) + 1) != body:
            raise down("it does not give the bytes that were just written")

    return look
