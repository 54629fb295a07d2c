"""MongoDB has the connections that all functions together may open."""

from collections.abc import Sequence
from typing import Any, Final

from pymongo.errors import OperationFailure

from infra.doctor.model import Check, Finding, NotTried, ok, warn
from infra.doctor.patient import Patient
from shared.database import reachable

NAME: Final = "mongodb connections"
MONITORING: Final = 2
"""Of each client and server, beside its pool: https://www.mongodb.com/docs/manual/administration/connection-pool-overview"""


async def look(patient: Patient) -> Sequence[Finding]:
    database = patient.database
    async with reachable():
        try:
            told = (await database.client.admin.command("serverStatus"))["connections"]
        except OperationFailure as error:
            why = f"the user may not ask (code {error.code})"
            raise NotTried(why, "a user with the role clusterMonitor, for this command") from error
    if not told["available"]:
        raise NotTried("the server does not tell how many connections it takes")
    options: Any = database.client.options  # a property, whatever motor's types say
    pool = options.pool_options.max_pool_size + MONITORING
    reserved = sum(entry.reserved_concurrency or 0 for entry in patient.service.entries.values())
    most, has = reserved * pool, told["current"] + told["available"]
    seen = f"{reserved} Lambdas with {pool} connections each at most, beside the API's; it has {has:,}"
    if most > told["available"]:
        return [warn(NAME, seen, "a larger cluster, or less reserved concurrency in serverless.yml")]
    return [ok(NAME, f"{seen}, {told['current']:,} in use")]


CHECK: Final = Check(NAME, look, mend="MONGODB_URI", after="mongodb")
