"""One turn of the checks, each time that its QStash schedule calls: what is probed (probes/), what is done with it
(checking.py), and what it needs for that.
"""

from typing import Any

from functions.bundle import job
from functions.check_health.checking import Context, Services, check_health
from functions.check_health.contract import CONTRACT, CheckHealth
from shared.process import Process


def wire(process: Process) -> Services:
    """At the first turn: every client of the bundle is imported here or at its first call."""
    from functions.check_health.wiring import clients, services

    return services(process, clients(process))


@job(CONTRACT, services=wire)
async def handler(_: CheckHealth, context: Context) -> dict[str, Any]:
    return await check_health(context)
