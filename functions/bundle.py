"""The decorator that makes a job's function a Lambda handler of this bundle.

    @job(CONTRACT, services=wire)
    async def handler(payload: MyPayload, context: JobContext[MyServices]) -> MyResult: ...

`services` builds what the job needs from its Process, at the first run. `evidence` builds a look at the job's own
records: has this run's effect happened? It is asked when a crashed run is not to be tried again.
"""

from collections.abc import Callable
from typing import Any

from functions.alerts import alerting
from functions.registry import contracts
from shared import snapstart
from shared.contract import Contract
from shared.ends import Evidence
from shared.handler import JobHandler
from shared.process import Process
from shared.work import Work


def job(
    contract: Contract[Any],
    *,
    services: Callable[[Process], Any] = lambda _: None,
    evidence: Callable[[Process], Evidence] | None = None,
) -> Callable[[Work], JobHandler]:
    def decorate(work: Work) -> JobHandler:
        handler = JobHandler(
            contract,
            work,
            contracts=contracts,
            services=services,
            alert=lambda process: alerting(process.database),
            evidence=evidence,
        )
        snapstart.prepare(handler)
        return handler

    return decorate
