"""The job that makes PDFs: what comes in (contract.py), what is done (generating.py), and what it needs for that."""

from typing import Any

from functions.bundle import job
from functions.generate_pdf.contract import CONTRACT, GeneratePdf
from functions.generate_pdf.generating import evidence, generate_pdf
from functions.generate_pdf.services import Context, Services
from functions.generate_pdf.typesetting.budget import LIMITS
from shared.process import Process
from shared.worker import Worker


def wire(process: Process) -> Services:
    """The worker alone imports typst. It is started when there is something to typeset."""
    return Services(process.database, process.storage, Worker("functions.generate_pdf.typesetting", LIMITS))


@job(CONTRACT, services=wire, evidence=lambda process: evidence(process.database))
async def handler(payload: GeneratePdf, context: Context) -> dict[str, Any]:
    return await generate_pdf(payload, context)
