"""Hashes a document's file where its store tells no checksum and a request was too short to read it."""

from datetime import timedelta
from typing import Final

from shared.contract import Backoff, Contract, FlowControl, Payload


class CheckDocument(Payload):
    document: str
    """Its id; the promised hash stands in its record."""


CONTRACT: Final = Contract(
    name="check_document",
    payload=CheckDocument,
    timeout=300,
    deadline=280,  # 100 MB at the slowest that a store is waited for (500 kB a second) are 200
    tries=8,
    backoff=Backoff(first=10, factor=4, cap=1800),
    max_age=timedelta(days=3),
    flow_control=FlowControl(parallelism=5),
)
