"""Two jobs made for the tests of the crash fixture: an errand with two effects and a follow-up, and the follow-up."""

from datetime import timedelta
from typing import Final

from shared.contract import Backoff, Contract, Payload


class Errand(Payload):
    tag: str


class Note(Payload):
    of: str


ERRAND: Final = Contract(
    name="errand", payload=Errand, timeout=30, deadline=20, tries=8, backoff=Backoff(1, 2, 10), max_age=timedelta(1)
)
NOTE: Final = Contract(
    name="note", payload=Note, timeout=30, deadline=20, tries=8, backoff=Backoff(1, 2, 10), max_age=timedelta(1)
)
CONTRACTS: Final = {contract.name: contract for contract in (ERRAND, NOTE)}
