"""A turn deletes what records say is dead; asked to, it also compares the whole bucket with the records."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from shared.contract import Backoff, Contract, FlowControl, Payload


class CleanupBlobs(Payload):
    bucket: bool = False
    """List the whole bucket too, and mark and sweep what no record names."""
    dry_run: bool = False
    """Say what would be marked and deleted, and do neither."""
    most_share: Annotated[float, Field(gt=0, le=1)] | None = None
    """In place of CLEANUP_MOST_SHARE, by a person who has looked at what would go."""


CONTRACT: Final = Contract(
    name="cleanup_blobs",
    payload=CleanupBlobs,
    timeout=300,
    deadline=280,
    tries=6,
    # What a turn can't do is done by the next: it is tried again soon, and given up soon.
    backoff=Backoff(first=10, factor=3, cap=600),
    max_age=timedelta(days=1),
    # Two at once do no harm, and each other's work.
    flow_control=FlowControl(parallelism=1),
    accepts_plain=True,
    editable=frozenset({"bucket", "dry_run", "most_share"}),
)
