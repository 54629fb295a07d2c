"""The relay's promises: a cron on a record of its own, so that two turns never run at once (case 20)."""

from typing import Final

from shared.contract import Backoff, Contract, Payload


class RelayJobs(Payload):
    """A turn is asked for nothing: what is overdue stands in the store."""


CONTRACT: Final = Contract(
    name="relay_jobs",
    payload=RelayJobs,
    timeout=120,
    deadline=105,
    # A turn that failed is repeated soon, and is no later than the next one.
    backoff=Backoff(first=10, factor=3, cap=90),
    singleton=True,
)
