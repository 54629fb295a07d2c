"""The job that analyses: what comes in (contract.py), what is done (analyzing.py), and what it needs for that."""

from typing import Any

from functions.analyze_document.analyzing import analyze_document
from functions.analyze_document.contract import CONTRACT, AnalyzeDocument
from functions.analyze_document.reading import LIMITS, MODULE
from functions.analyze_document.records import evidence
from functions.analyze_document.services import Context, Services
from functions.bundle import job
from shared.context import Continue
from shared.process import Process
from shared.worker import Worker


def wire(process: Process) -> Services:
    """At the first run. The worker starts at the first file that is to be read, boto3 is imported at the first call."""
    return Services(process.database, process.storage, Worker(MODULE, LIMITS), process.ai)


@job(CONTRACT, services=wire, evidence=lambda process: evidence(process.database))
async def handler(payload: AnalyzeDocument, context: Context) -> dict[str, Any] | Continue:
    return await analyze_document(payload, context)
