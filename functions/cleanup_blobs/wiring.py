"""Builds what the job needs of a process, for the Lambda and for the command line."""

from functions.cleanup_blobs.periods import Periods
from functions.cleanup_blobs.services import Services
from shared.config import HousekeepingSettings, load
from shared.process import Process


def wire(process: Process) -> Services:
    """At the first run. boto3 is imported at the first call, the search engine when the index is asked for."""
    settings = load(HousekeepingSettings)
    return Services(
        process.database,
        process.storage,
        index=lambda: process.search,
        most_share=settings.cleanup_most_share,
        periods=Periods.scaled(settings.time_scale),
    )
