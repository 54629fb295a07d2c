"""Ours: what the job does with a table, from its payload to the PDF's bytes, by a worker that is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from functions.generate_pdf import data
from functions.generate_pdf.contract import Table
from functions.generate_pdf.request import request
from functions.generate_pdf.typesetting.budget import LIMITS, SECONDS
from shared.worker import Worker

Asking = Callable[[Table], Awaitable[bytes]]


@asynccontextmanager
async def kept() -> AsyncIterator[Asking]:
    worker = Worker("functions.generate_pdf.typesetting", LIMITS)

    async def typeset(table: Table) -> bytes:
        _, pdf = await worker.ask_bytes(request("table", data.table(table)), seconds=SECONDS)
        return pdf

    try:
        yield typeset
    finally:
        await worker.close()
