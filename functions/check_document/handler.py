"""The job that checks a claimed file's bytes: what comes in (contract.py), and what is done (checking.py)."""

from typing import Any

from functions.bundle import job
from functions.check_document.checking import Services, check_document
from functions.check_document.contract import CONTRACT, CheckDocument
from functions.indexing import indexed
from shared.context import JobContext
from shared.process import Process


def wire(process: Process) -> Services:
    return Services(process.database, process.storage)


@job(CONTRACT, services=wire)
async def handler(payload: CheckDocument, context: JobContext[Services]) -> dict[str, Any]:
    with indexed(context) as indexing:
        return await check_document(payload, context.services, indexing)
