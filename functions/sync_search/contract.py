"""A run is asked for nothing but to look: what is to be indexed stands in the store. A cron may ask for an audit."""

from datetime import timedelta
from typing import Final

from shared.contract import Backoff, Contract, FlowControl, Payload


class SyncSearch(Payload):
    audit: bool = False
    """Compare both sides as well, and repair what differs."""


CONTRACT: Final = Contract(
    name="sync_search",
    payload=SyncSearch,
    timeout=300,
    deadline=280,
    tries=8,
    # Whatever a run can't do is done by the next: it is tried again soon, and given up soon.
    backoff=Backoff(first=5, factor=3, cap=600),
    max_age=timedelta(days=1),
    # Two at once would lose races to each other: the second waits at QStash, and finds the first one's work done.
    flow_control=FlowControl(parallelism=1),
    accepts_plain=True,
    editable=frozenset({"audit"}),
)
