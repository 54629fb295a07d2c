"""MongoDB: a primary of a replica set, that writes, reads, and takes a transaction back."""

from collections.abc import Sequence
from typing import Final

from functions.check_health.probes import mongodb
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient
from shared.database import Database, reachable

NAME: Final = "mongodb"


async def look(patient: Patient) -> Sequence[Finding]:
    database = patient.database
    async with reachable():
        hello = await database.client.admin.command("hello")
        version = (await database.client.server_info())["version"]
    if not (hello.get("setName") or hello.get("msg") == "isdbgrid"):
        return [fail(NAME, f"{version}, a server of its own: it has no transactions", CHECK.mend)]
    await mongodb.probe(database, patient.process.world)()
    if await _left(database, patient.process.world.token()):
        return [fail(NAME, f"{version}: a transaction that was aborted has left its record", CHECK.mend)]
    kind = hello.get("setName") or "sharded"
    return [ok(NAME, f"{version}, {kind}, database {database.name}: writes, reads, transactions")]


async def _left(database: Database, name: str) -> bool:
    """Whether a record is there that was written in a transaction which was then aborted."""
    async with reachable(), await database.client.start_session() as session:
        session.start_transaction()
        await database.health.insert_one({"_id": f"doctor:{name}"}, session=session)
        await session.abort_transaction()
        return await database.health.find_one({"_id": f"doctor:{name}"}) is not None


CHECK: Final = Check(
    NAME, look, mend="MONGODB_URI: a replica set (Atlas has nothing else), a user with readWrite, this address let in"
)
