"""The job and cron that delete what nobody owns: what comes in (contract.py), and what is done (cleaning.py)."""

from typing import Any

from functions.bundle import job
from functions.cleanup_blobs.cleaning import cleanup_blobs
from functions.cleanup_blobs.contract import CONTRACT, CleanupBlobs
from functions.cleanup_blobs.services import Context
from functions.cleanup_blobs.wiring import wire
from shared.context import Continue


@job(CONTRACT, services=wire)
async def handler(payload: CleanupBlobs, context: Context) -> dict[str, Any] | Continue:
    return await cleanup_blobs(payload, context)
