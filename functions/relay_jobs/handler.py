"""One turn of the relay, each time that its QStash schedule calls. What a turn does: shared/relay.py."""

from typing import Any

from functions.alerts import alerting
from functions.bundle import job
from functions.registry import contracts
from functions.relay_jobs.contract import CONTRACT, RelayJobs
from shared.context import JobContext
from shared.enqueue import Enqueuer
from shared.observability import count_relayed
from shared.process import Process
from shared.relay import Relay


def wire(process: Process) -> Relay:
    publisher = process.publisher()
    alert = alerting(process.database)
    enqueuer = Enqueuer(process.database, publisher, contracts(), process.world, alert)
    return Relay(enqueuer, ended=count_relayed)


@job(CONTRACT, services=wire)
async def handler(_: RelayJobs, context: JobContext[Relay]) -> dict[str, Any]:
    """What was done to how many runs."""
    return await context.services.turn(context.remaining, context.log)
