"""Idempotent requests: a POST that comes again with its key is answered as it was, and does nothing twice.

    begin ──▶ New ── the work ──▶ complete ──▶ Done, until the window ends
      │        ├── it fails ──▶ abandon ──▶ free
      │        └── the process dies ──▶ free for the same request, once the lease has ended
      ├─▶ InFlight    somebody else has it
      ├─▶ Done        it was done; the reference says how to answer
      └─▶ Mismatch    the key is another request's

Two places keep the record, behind one Protocol. MongoDB's is written in the transaction that does the work, so that
there is no state between: it is done and recorded, or neither. Redis' is for work that MongoDB does not see; it has a
lease, and a Redis that forgets lets a repeat do the work again.
"""

from shared.idempotency.asked import Asked, identify
from shared.idempotency.perform import Performed, perform
from shared.idempotency.records import MongoRequests, erase, find
from shared.idempotency.redis_store import RedisRequests
from shared.idempotency.requests import WINDOW, Done, InFlight, Mismatch, New, Requests, Verdict

__all__ = [
    "WINDOW",
    "Asked",
    "Done",
    "InFlight",
    "Mismatch",
    "MongoRequests",
    "New",
    "Performed",
    "RedisRequests",
    "Requests",
    "Verdict",
    "erase",
    "find",
    "identify",
    "perform",
]
